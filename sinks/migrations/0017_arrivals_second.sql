-- Why: events a second by Kafka's append time, for the pipeline panel; kept for seven days.
-- Writers: need not stop.
-- Undo: DROP VIEW arrivals_of_transactions, arrivals_of_clicks, arrivals_of_stock_movements, then
--       DROP TABLE arrivals_second

CREATE TABLE IF NOT EXISTS arrivals_second
(
    second DateTime('UTC') CODEC(Delta, ZSTD(1)),
    topic LowCardinality(String),
    events SimpleAggregateFunction(sum, UInt64),
    last_occurred_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (second, topic)
TTL second + INTERVAL 7 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_transactions TO arrivals_second AS
SELECT toDateTime(received_at, 'UTC') AS second, 'transactions' AS topic, count() AS events,
       max(occurred_at) AS last_occurred_at
FROM transactions
GROUP BY second, topic;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_clicks TO arrivals_second AS
SELECT toDateTime(received_at, 'UTC') AS second, 'clicks' AS topic, count() AS events,
       max(occurred_at) AS last_occurred_at
FROM clicks
GROUP BY second, topic;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_stock_movements TO arrivals_second AS
SELECT toDateTime(received_at, 'UTC') AS second, 'stock-movements' AS topic, count() AS events,
       max(occurred_at) AS last_occurred_at
FROM stock_movements
GROUP BY second, topic;
