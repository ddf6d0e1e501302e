-- Why: who said what about an alert, refused answers included: the history of an alert. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE answers

CREATE TABLE IF NOT EXISTS answers
(
    answer_id UUID,
    alert_id String,
    verdict LowCardinality(String),
    by LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    replaces Nullable(UUID),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(kafka_offset)
ORDER BY (alert_id, answer_id)
SETTINGS non_replicated_deduplication_window = 10000;
