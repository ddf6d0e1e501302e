-- Why: exactly one row per offset of transactions, whatever happened to it: everything about a payment.
-- Rows of disposition repeat and refused have no payment: occurred_at is 1970 there and the texts are empty.
-- received_at is when Kafka took the payment (the contract's field), appended_at when it took the score.
-- Writers: need not stop.
-- Undo: DROP TABLE scores

CREATE TABLE IF NOT EXISTS scores
(
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    disposition LowCardinality(String),
    scored_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at Nullable(DateTime64(3, 'UTC')) CODEC(Delta, ZSTD(1)),
    event_id UUID,
    source LowCardinality(String),
    payment_id String,
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    status LowCardinality(String),
    amount_minor Int64,
    currency LowCardinality(String),
    reporting_minor Nullable(Int64),
    channel LowCardinality(String),
    payment_method LowCardinality(String),
    customer_id Nullable(String),
    card_id Nullable(String),
    terminal_id LowCardinality(String),
    store_id LowCardinality(String),
    score Nullable(Float64),
    threshold Nullable(Float64),
    decision LowCardinality(Nullable(String)),
    reasons_feature Array(LowCardinality(String)),
    reasons_value Array(Float64),
    reasons_contribution Array(Float64),
    feature_set LowCardinality(Nullable(String)),
    features Array(Float64),
    model_version LowCardinality(Nullable(String)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    appended_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_payment payment_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_event event_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_scored_at scored_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (toStartOfHour(occurred_at), store_id, occurred_at)
SETTINGS non_replicated_deduplication_window = 10000;
