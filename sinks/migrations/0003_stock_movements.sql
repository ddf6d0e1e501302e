-- Why: every movement and count of goods, one row per Kafka offset.
-- Writers: need not stop.
-- Undo: DROP TABLE stock_movements

CREATE TABLE IF NOT EXISTS stock_movements
(
    event_id UUID,
    source LowCardinality(String),
    run LowCardinality(String),
    seq UInt64 CODEC(Delta, ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    place_id LowCardinality(String),
    sku LowCardinality(String),
    kind LowCardinality(String),
    quantity Int32,
    level_after Nullable(Int32),
    payment_id Nullable(String),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (toStartOfHour(occurred_at), place_id, sku, occurred_at)
SETTINGS non_replicated_deduplication_window = 10000;
