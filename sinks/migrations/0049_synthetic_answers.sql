-- Why: when each synthetic payment was taken by Kafka, scored, and answered by the judge (Kafka's append of its
-- answer); kept for three days. A resend of the sink is the same row: read what is newest, not how many.
-- Synthetic payments stay in transactions, which holds all that Kafka took, and not in its rollup.
-- Writers: need not stop.
-- Undo: DROP TABLE synthetic_answers; the query of arrivals_of_transactions as in 0017

CREATE TABLE IF NOT EXISTS synthetic_answers
(
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    scored_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    answered_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY answered_at
TTL toDateTime(answered_at) + INTERVAL 3 DAY
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE arrivals_of_transactions MODIFY QUERY
SELECT toDateTime(received_at, 'UTC') AS second, 'transactions' AS topic, count() AS events,
       max(occurred_at) AS last_occurred_at
FROM transactions
WHERE NOT (source = 'tillwatch-synthetic' AND store_id = source AND status = 'authorised' AND amount_minor = 0
           AND isNull(customer_id) AND isNull(card_id) AND isNull(cashier_id)
           AND discount_minor = 0 AND price_overrides = 0 AND NOT no_sale AND empty(lines_sku))
GROUP BY second, topic;
