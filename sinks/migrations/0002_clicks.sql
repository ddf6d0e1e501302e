-- Why: every step of every visitor, one row per Kafka offset.
-- Writers: need not stop.
-- Undo: DROP TABLE clicks

CREATE TABLE IF NOT EXISTS clicks
(
    event_id UUID,
    source LowCardinality(String),
    run LowCardinality(String),
    seq UInt64 CODEC(Delta, ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    visitor_id String,
    session_id String,
    customer_id Nullable(String),
    store_id LowCardinality(String),
    page LowCardinality(String),
    action LowCardinality(String),
    sku LowCardinality(Nullable(String)),
    campaign LowCardinality(Nullable(String)),
    device LowCardinality(String),
    app_version LowCardinality(Nullable(String)),
    error LowCardinality(Nullable(String)),
    duration_ms Nullable(UInt32),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (toStartOfHour(occurred_at), store_id, action, occurred_at)
SETTINGS non_replicated_deduplication_window = 10000;
