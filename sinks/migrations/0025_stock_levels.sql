-- Why: what alerts about stock rest on: sales of the last hour, the last receipt, what the last count found.
-- Writers: need not stop.
-- Undo: ALTER TABLE stock_levels DROP COLUMN of each

ALTER TABLE stock_levels
    ADD COLUMN IF NOT EXISTS sold_last_hour Nullable(UInt64) AFTER days_of_cover,
    ADD COLUMN IF NOT EXISTS sales_last_hour Nullable(UInt32) AFTER sold_last_hour,
    ADD COLUMN IF NOT EXISTS last_receipt_at Nullable(DateTime64(3, 'UTC')) AFTER sales_last_hour,
    ADD COLUMN IF NOT EXISTS count_difference Nullable(Int64) AFTER last_receipt_at;
