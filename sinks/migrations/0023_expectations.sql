-- Why: what is usual: the expected course and band of a series over a day. Read it with FINAL.
-- Slot i (from 0) begins at begins_at + i * slot_minutes. store_id '' = all stores, channel '' = all.
-- Writers: need not stop.
-- Undo: DROP TABLE expectations

CREATE TABLE IF NOT EXISTS expectations
(
    series LowCardinality(String),
    store_id LowCardinality(String),
    channel LowCardinality(String),
    begins_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    slot_minutes UInt16,
    expected Array(Float64),
    low Array(Float64),
    high Array(Float64),
    learnt_days UInt32,
    made_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    detector LowCardinality(String),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY (series, store_id, channel, begins_at)
SETTINGS non_replicated_deduplication_window = 10000;
