-- Why: every payment event as it arrived, one row per Kafka offset, a source's repeats included.
-- The deduplication window is what makes a repeated insert of the sink harmless; 0 is ClickHouse's default.
-- Writers: need not stop.
-- Undo: DROP TABLE transactions

CREATE TABLE IF NOT EXISTS transactions
(
    event_id UUID,
    source LowCardinality(String),
    run LowCardinality(String),
    seq UInt64 CODEC(Delta, ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    payment_id String,
    order_id Nullable(String),
    status LowCardinality(String),
    amount_minor Int64,
    currency LowCardinality(String),
    channel LowCardinality(String),
    payment_method LowCardinality(String),
    customer_id Nullable(String),
    card_id Nullable(String),
    terminal_id LowCardinality(String),
    store_id LowCardinality(String),
    merchant_id LowCardinality(Nullable(String)),
    decline_reason LowCardinality(Nullable(String)),
    checks_address LowCardinality(Nullable(String)),
    checks_security_code LowCardinality(Nullable(String)),
    checks_three_d_secure LowCardinality(Nullable(String)),
    bin_country LowCardinality(Nullable(String)),
    entry_mode LowCardinality(Nullable(String)),
    device_id Nullable(String),
    network Nullable(String),
    cashier_id LowCardinality(Nullable(String)),
    discount_minor Int64,
    price_overrides UInt16,
    no_sale Bool,
    refund_of Nullable(String),
    lines_sku Array(LowCardinality(String)),
    lines_quantity Array(Int32),
    lines_unit_price_minor Array(Int64),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_payment payment_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_event event_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = MergeTree
ORDER BY (toStartOfHour(occurred_at), store_id, occurred_at)
SETTINGS non_replicated_deduplication_window = 10000;
