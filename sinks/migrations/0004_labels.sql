-- Why: every verdict about a payment, one row per Kafka offset; of several about one payment the latest
-- known_at counts. By known_at, because training asks for what was known until a moment.
-- Writers: need not stop.
-- Undo: DROP TABLE labels

CREATE TABLE IF NOT EXISTS labels
(
    event_id UUID,
    customer_id Nullable(String),
    terminal_id LowCardinality(String),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    known_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    verdict LowCardinality(String),
    said_by LowCardinality(String),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_event event_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = MergeTree
ORDER BY (toStartOfHour(known_at), event_id)
SETTINGS non_replicated_deduplication_window = 10000;
