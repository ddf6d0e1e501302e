-- Why: what a rule caught and cost, without a look at every payment. A row for each payment and rule that hit it; the view
-- rule_hits reads these, and how many a rule hit in an hour is kept beside them. A row of a payment that was scored
-- again is exchanged with it.
-- Writers: must be stopped.
-- Rebuild: rule_hit_payments
-- Undo: the view rule_hits as in 0034, then DROP VIEW rule_hit_payments_view and DROP TABLE rule_hit_payments

CREATE TABLE IF NOT EXISTS rule_hit_payments
(
    rule LowCardinality(String),
    rule_set Nullable(UInt32),
    event_id UUID,
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    status LowCardinality(String),
    decision LowCardinality(Nullable(String)),
    decided_by LowCardinality(String),
    reporting_minor Nullable(Int64),
    score Nullable(Float64),
    threshold Nullable(Float64),
    customer_id Nullable(String),
    card_id Nullable(String),
    terminal_id LowCardinality(String),
    store_id LowCardinality(String),
    control_rate Nullable(Float64),
    PROJECTION hours
    (
        SELECT toStartOfHour(occurred_at), rule, max(rule_set), count(), countIf(decision != 'approve'),
               countIf(decided_by = 'control'), min(occurred_at), max(occurred_at)
        GROUP BY toStartOfHour(occurred_at), rule
    )
)
ENGINE = MergeTree
ORDER BY (toStartOfHour(occurred_at), rule, occurred_at)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS rule_hit_payments_view TO rule_hit_payments AS
SELECT arrayJoin(rules_hit) AS rule, rule_set, event_id, occurred_at, status, decision, decided_by, reporting_minor,
       score, threshold, customer_id, card_id, terminal_id, store_id, control_rate
FROM scores
WHERE notEmpty(rules_hit);

CREATE OR REPLACE VIEW rule_hits AS
SELECT rule, rule_set, event_id, occurred_at, status, decision, decided_by, reporting_minor, score, threshold,
       customer_id, card_id, terminal_id, store_id, nullIf(verdict, '') AS verdict,
       multiIf(isNull(control_rate), 1., decided_by = 'control', 1. / assumeNotNull(control_rate), 0.) AS weight
FROM rule_hit_payments AS hits
LEFT JOIN standing_verdicts USING (event_id);
