-- Why: the payments of a store or terminal around an alert, without a look at two days of the whole chain: what the list shows
-- of them lies once more by store and time, and comes and goes with the rows of a part. Without disposition, for rows that
-- have no payment are of 1970: so no question that tells dispositions apart is led here, where a time lies in every store.
-- Customer and card have one index, so whoever asks for either asks once; it takes the place of a projection for each.
-- Writers: need not stop.
-- Undo: ALTER TABLE scores DROP PROJECTION by_store, DROP INDEX by_payer; by_customer and by_card as in 0042

ALTER TABLE scores ADD PROJECTION IF NOT EXISTS by_store
(
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id, score,
           decision, reasons_feature, customer_id, card_id, bin_country, device
    ORDER BY store_id, occurred_at
);

ALTER TABLE scores ADD INDEX IF NOT EXISTS by_payer (customer_id, card_id) TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE scores MATERIALIZE PROJECTION by_store;

ALTER TABLE scores MATERIALIZE INDEX by_payer;

ALTER TABLE scores DROP PROJECTION IF EXISTS by_customer;

ALTER TABLE scores DROP PROJECTION IF EXISTS by_card;
