-- Why: how many distinct events of each source, run and topic arrived, per input partition; the last origin
-- offset wins. Read it with FINAL and sum over partitions.
-- Writers: need not stop.
-- Undo: DROP TABLE arrivals

CREATE TABLE IF NOT EXISTS arrivals
(
    source LowCardinality(String),
    run LowCardinality(String),
    topic LowCardinality(String),
    store_id LowCardinality(String),
    arrived UInt64,
    highest_seq UInt64,
    last_occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(origin_offset)
ORDER BY (source, run, topic, origin_topic, origin_partition, origin_generation)
SETTINGS non_replicated_deduplication_window = 10000;
