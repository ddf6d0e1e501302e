-- Why: which figures that models rest on changed their level, where and when. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE drifts

CREATE TABLE IF NOT EXISTS drifts
(
    figure LowCardinality(String),
    segment LowCardinality(String),
    found_at DateTime64(3, 'UTC'),
    usual Float64,
    now Float64,
    shift Float64,
    payments UInt64,
    detector LowCardinality(String),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (segment, figure, found_at)
SETTINGS non_replicated_deduplication_window = 10000;
