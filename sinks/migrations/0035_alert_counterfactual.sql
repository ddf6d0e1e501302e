-- Why: an alert says at what amount its most suspicious payment would have passed.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Undo: ALTER TABLE alerts DROP COLUMN of each

ALTER TABLE alerts
    ADD COLUMN IF NOT EXISTS counterfactual_event_id Nullable(UUID) AFTER payments_score,
    ADD COLUMN IF NOT EXISTS counterfactual_passes_minor Nullable(Int64) AFTER counterfactual_event_id,
    ADD COLUMN IF NOT EXISTS counterfactual_held Array(LowCardinality(String)) AFTER counterfactual_passes_minor;
