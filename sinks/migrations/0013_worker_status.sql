-- Why: what each worker says about itself every second or two; kept for three days.
-- Writers: need not stop.
-- Undo: DROP TABLE worker_status

CREATE TABLE IF NOT EXISTS worker_status
(
    worker LowCardinality(String),
    agent LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    state LowCardinality(String),
    partitions Array(UInt16),
    events UInt64,
    repeats UInt64,
    refused UInt64,
    lag UInt64,
    oldest_unprocessed_seconds Float64,
    latency_p50_ms Nullable(Float64),
    latency_p99_ms Nullable(Float64),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (agent, worker, at)
TTL toDateTime(received_at) + INTERVAL 3 DAY
SETTINGS non_replicated_deduplication_window = 10000;
