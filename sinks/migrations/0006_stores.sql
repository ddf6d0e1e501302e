-- Why: master data; read it with FINAL, the newest record of a store counts.
-- By append time and not by offset, because a topic that was made again counts from 0.
-- Writers: need not stop.
-- Undo: DROP TABLE stores

CREATE TABLE IF NOT EXISTS stores
(
    store_id String,
    name String,
    channel LowCardinality(String),
    region LowCardinality(String),
    time_zone LowCardinality(String),
    hours_weekday Array(UInt8),
    hours_opens Array(String),
    hours_closes Array(String),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY store_id
SETTINGS non_replicated_deduplication_window = 10000;
