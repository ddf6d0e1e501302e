-- Why: what analysts look at and answer goes by the card (else the customer, else the payment itself). Payments keep it as
-- one column, so that whoever groups a day's payments by it need not read and put together three; labels keep the card
-- that they name, so that answers are counted without a look at payments. It is computed wherever customer or card
-- change, also when somebody is forgotten.
-- Writers: must be stopped, and started in the new version: they send the new column.
-- Undo: ALTER TABLE scores DROP COLUMN card; ALTER TABLE labels DROP COLUMN card_id

ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS card String MATERIALIZED coalesce(card_id, customer_id, toString(event_id)) AFTER card_id;

ALTER TABLE scores MATERIALIZE COLUMN card;

ALTER TABLE labels ADD COLUMN IF NOT EXISTS card_id Nullable(String) AFTER customer_id;
