-- Why: what the list to review chooses from and shows, without a look at a day of payments: those of late by day and score, for the
-- most suspicious, and beside it by day and card, for the payments of a card and for one card in so many. Small granules,
-- since of each card a payment or two are wanted; parts in one file, since of each all columns are. Rows go a week after
-- they were written, not by event time: a replay of old payments would be deleted as it is written.
-- Writers: must be stopped.
-- Rebuild: review_payments
-- Undo: DROP VIEW review_payments_view, then DROP TABLE review_payments

CREATE TABLE IF NOT EXISTS review_payments
(
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    event_id UUID,
    payment_id String,
    status LowCardinality(String),
    reporting_minor Nullable(Int64),
    customer_id Nullable(String),
    card_id Nullable(String),
    card String MATERIALIZED coalesce(card_id, customer_id, toString(event_id)),
    terminal_id LowCardinality(String),
    store_id LowCardinality(String),
    score Nullable(Float64),
    reasons_feature Array(LowCardinality(String)),
    reasons_value Array(Float64),
    appended_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    PROJECTION by_card
    (
        SELECT occurred_at, event_id, payment_id, status, reporting_minor, customer_id, card_id, card, terminal_id, store_id,
               score, reasons_feature, reasons_value
        ORDER BY toStartOfDay(occurred_at), cityHash64(card)
    )
)
ENGINE = MergeTree
ORDER BY (toStartOfDay(occurred_at), -ifNull(score, 0))
TTL toDateTime(appended_at) + INTERVAL 7 DAY
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 128, min_bytes_for_wide_part = 1000000000000,
         min_rows_for_wide_part = 1000000000000;

CREATE MATERIALIZED VIEW IF NOT EXISTS review_payments_view TO review_payments AS
SELECT occurred_at, event_id, payment_id, status, reporting_minor, customer_id, card_id, terminal_id, store_id, score,
       reasons_feature, reasons_value, appended_at
FROM scores
WHERE disposition = 'scored';
