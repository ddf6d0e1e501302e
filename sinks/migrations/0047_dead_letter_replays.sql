-- Why: which dead letters were sent back, by whom and when. One row per time that one was; read it with FINAL,
-- because a record that the sink wrote twice after a crash is one.
-- Writers: need not stop.
-- Undo: DROP TABLE dead_letter_replays

CREATE TABLE IF NOT EXISTS dead_letter_replays
(
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    by LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (origin_topic, origin_partition, origin_generation, origin_offset, at, by)
SETTINGS non_replicated_deduplication_window = 10000;
