-- Why: findings as they stand now, one per alert_id however often one was updated. Read it with FINAL.
-- Alerts had another shape before, and none was ever written, so the old table goes.
-- Writers: stop the sink.
-- Undo: DROP TABLE alerts

DROP TABLE IF EXISTS alerts;

CREATE TABLE IF NOT EXISTS alerts
(
    alert_id String,
    kind LowCardinality(String),
    severity LowCardinality(String),
    entity_type LowCardinality(String),
    entity String,
    store_id LowCardinality(Nullable(String)),
    sentence String,
    reasons_text Array(String),
    reasons_value Array(Float64),
    reasons_usual Array(Nullable(Float64)),
    reasons_unit Array(String),
    reasons_weight Array(Float64),
    `count` UInt64,
    money_at_risk_minor Int64,
    per_hour_minor Nullable(Int64),
    since DateTime64(3, 'UTC'),
    noticed_at DateTime64(3, 'UTC'),
    last_at DateTime64(3, 'UTC'),
    `until` Nullable(DateTime64(3, 'UTC')),
    completeness Nullable(Float64),
    watched_series Nullable(String),
    watched_store_id Nullable(String),
    watched_channel Nullable(String),
    payments_event_id Array(UUID),
    payments_customer_id Array(Nullable(String)),
    payments_terminal_id Array(String),
    payments_occurred_at Array(DateTime64(3, 'UTC')),
    payments_amount_minor Array(Nullable(Int64)),
    payments_score Array(Nullable(Float64)),
    answer_id Nullable(UUID),
    answer_verdict LowCardinality(Nullable(String)),
    answer_by Nullable(String),
    answer_at Nullable(DateTime64(3, 'UTC')),
    effect Nullable(String),
    detector LowCardinality(String),
    model_version LowCardinality(Nullable(String)),
    detected_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    updated_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_time since TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY alert_id
SETTINGS non_replicated_deduplication_window = 10000;
