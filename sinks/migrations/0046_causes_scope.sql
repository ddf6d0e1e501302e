-- Why: alerts about a region or a way to pay are explained within it, and say so.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Undo: ALTER TABLE causes DROP COLUMN region, DROP COLUMN payment_method

ALTER TABLE causes
    ADD COLUMN IF NOT EXISTS region LowCardinality(Nullable(String)) AFTER channel,
    ADD COLUMN IF NOT EXISTS payment_method LowCardinality(Nullable(String)) AFTER region;
