-- Why: what happened to the business (releases, campaigns, prices, weather …), to be named beside a change of figures.
-- Read it with FINAL: the newest record of a context_id counts.
-- Writers: need not stop.
-- Undo: DROP TABLE context

CREATE TABLE IF NOT EXISTS context
(
    context_id UUID,
    kind LowCardinality(String),
    title String,
    begins_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    ends_at Nullable(DateTime64(3, 'UTC')),
    store_id LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    device LowCardinality(Nullable(String)),
    sku Nullable(String),
    version LowCardinality(Nullable(String)),
    campaign LowCardinality(Nullable(String)),
    source LowCardinality(String),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_time begins_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY context_id
SETTINGS non_replicated_deduplication_window = 10000;
