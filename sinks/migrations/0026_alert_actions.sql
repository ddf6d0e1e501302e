-- Why: who has an alert, what was said about it and until when it is silenced: its history. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE alert_actions

CREATE TABLE IF NOT EXISTS alert_actions
(
    action_id UUID,
    alert_id String,
    action LowCardinality(String),
    by LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    to LowCardinality(Nullable(String)),
    text String CODEC(ZSTD(1)),
    until Nullable(DateTime64(3, 'UTC')),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(kafka_offset)
ORDER BY (alert_id, action_id)
SETTINGS non_replicated_deduplication_window = 10000;
