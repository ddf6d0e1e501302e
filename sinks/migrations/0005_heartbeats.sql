-- Why: signs of life: what a source says it has sent, so that what is missing is known and not guessed.
-- Writers: need not stop.
-- Undo: DROP TABLE heartbeats

CREATE TABLE IF NOT EXISTS heartbeats
(
    source LowCardinality(String),
    run LowCardinality(String),
    store_id LowCardinality(Nullable(String)),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    next_seq Map(LowCardinality(String), UInt64),
    spooled UInt64,
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (source, run, at)
SETTINGS non_replicated_deduplication_window = 10000;
