-- Why: models are of lines, and of a rewind.
-- Writers: need not stop.
-- Undo: ALTER TABLE models DROP COLUMN line, DROP COLUMN rewind

ALTER TABLE models
    ADD COLUMN IF NOT EXISTS line LowCardinality(String) DEFAULT 'blend',
    ADD COLUMN IF NOT EXISTS rewind Nullable(String);
