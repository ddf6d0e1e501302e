-- Why: findings; the same finding has the same id however often it is found. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE alerts

CREATE TABLE IF NOT EXISTS alerts
(
    alert_id String,
    kind LowCardinality(String),
    severity LowCardinality(String),
    entity String,
    store_id LowCardinality(Nullable(String)),
    sentence String,
    reasons_feature Array(LowCardinality(String)),
    reasons_value Array(Float64),
    reasons_contribution Array(Float64),
    money_at_risk_minor Int64,
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    detected_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    model_version LowCardinality(Nullable(String)),
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_time occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(origin_offset)
ORDER BY alert_id
SETTINGS non_replicated_deduplication_window = 10000;
