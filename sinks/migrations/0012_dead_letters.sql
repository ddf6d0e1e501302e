-- Why: input that could not be used, with the reason; one row per refused offset. Read it with FINAL,
-- because a record that was refused twice after a crash is one refusal.
-- Writers: need not stop.
-- Undo: DROP TABLE dead_letters

CREATE TABLE IF NOT EXISTS dead_letters
(
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    kind LowCardinality(String),
    reason String,
    payload String CODEC(ZSTD(3)),
    payload_bytes UInt64,
    payload_sha256 FixedString(64),
    refused_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (origin_topic, origin_partition, origin_generation, origin_offset)
SETTINGS non_replicated_deduplication_window = 10000;
