-- Why: which payments rules declined that pass all the same, and with what chance, so that the share of fraud among
-- declined ones is known. rule_hits says how many payments the verdict of each stands for: one over its chance for
-- those that passed so, nothing for those that could have, else one; as in detectors/fraud/label_weights.py.
-- Writers: must be stopped, and started in the new version: they send the new column.
-- Undo: ALTER TABLE scores DROP COLUMN control_rate, and the view as in 0029

ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS control_rate Nullable(Float64) AFTER lists_hit;

CREATE OR REPLACE VIEW rule_hits AS
SELECT rule, rule_set, event_id, occurred_at, status, decision, decided_by, reporting_minor, score, threshold,
       customer_id, card_id, terminal_id, store_id, nullIf(verdict, '') AS verdict,
       multiIf(isNull(control_rate), 1., decided_by = 'control', 1. / assumeNotNull(control_rate), 0.) AS weight
FROM
(
    SELECT arrayJoin(rules_hit) AS rule, rule_set, event_id, occurred_at, status, decision, decided_by,
           reporting_minor, score, threshold, customer_id, card_id, terminal_id, store_id, control_rate
    FROM scores
    WHERE notEmpty(rules_hit)
) AS hits
LEFT JOIN standing_verdicts USING (event_id);
