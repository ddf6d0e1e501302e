-- Why: a silence that comes again by weekday and hour. Days are those on which its hours begin, 0 = Monday; none = a
-- silence that holds all the time.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Undo: ALTER TABLE alert_actions DROP COLUMN of each

ALTER TABLE alert_actions
    ADD COLUMN IF NOT EXISTS weekly_days Array(UInt8) AFTER `until`,
    ADD COLUMN IF NOT EXISTS weekly_begins LowCardinality(String) AFTER weekly_days,
    ADD COLUMN IF NOT EXISTS weekly_ends LowCardinality(String) AFTER weekly_begins,
    ADD COLUMN IF NOT EXISTS weekly_zone LowCardinality(String) AFTER weekly_ends;
