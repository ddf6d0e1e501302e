-- Why: every reprocess and every switch, so that a sink can tell that Kafka is older than the store. Read it
-- with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE generations

CREATE TABLE IF NOT EXISTS generations
(
    number UInt32,
    kind LowCardinality(String),
    name LowCardinality(String),
    topic_id LowCardinality(String),
    offsets Array(UInt64),
    model_version Nullable(String),
    chosen String,
    undoes Nullable(UInt32),
    at DateTime64(3, 'UTC'),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (topic_id, number)
SETTINGS non_replicated_deduplication_window = 10000;
