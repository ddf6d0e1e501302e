-- Why: the page's money figures by minute of event time, store and channel, from scores, so that a
-- source's repeats never count. Money in the reporting currency's minor units; sum() over any range.
-- Revenue is authorised - voided - refunded. unconverted = events left out because no exchange rate is set.
-- Writers: need not stop.
-- Undo: DROP VIEW payments_minute_view, then DROP TABLE payments_minute

CREATE TABLE IF NOT EXISTS payments_minute
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    channel LowCardinality(String),
    revenue_minor SimpleAggregateFunction(sum, Int64),
    authorised_minor SimpleAggregateFunction(sum, Int64),
    voided_minor SimpleAggregateFunction(sum, Int64),
    refunded_minor SimpleAggregateFunction(sum, Int64),
    reviewed_minor SimpleAggregateFunction(sum, Int64),
    orders SimpleAggregateFunction(sum, UInt64),
    declined SimpleAggregateFunction(sum, UInt64),
    captured SimpleAggregateFunction(sum, UInt64),
    voids SimpleAggregateFunction(sum, UInt64),
    refunds SimpleAggregateFunction(sum, UInt64),
    reviewed SimpleAggregateFunction(sum, UInt64),
    unconverted SimpleAggregateFunction(sum, UInt64),
    events SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, channel)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS payments_minute_view TO payments_minute AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, channel,
       sumIf(money, status = 'authorised') - sumIf(money, status IN ('voided', 'refunded')) AS revenue_minor,
       sumIf(money, status = 'authorised') AS authorised_minor,
       sumIf(money, status = 'voided') AS voided_minor,
       sumIf(money, status = 'refunded') AS refunded_minor,
       sumIf(money, decision = 'review') AS reviewed_minor,
       countIf(status = 'authorised') AS orders,
       countIf(status = 'declined') AS declined,
       countIf(status = 'captured') AS captured,
       countIf(status = 'voided') AS voids,
       countIf(status = 'refunded') AS refunds,
       countIf(decision = 'review') AS reviewed,
       countIf(isNull(reporting_minor)) AS unconverted,
       count() AS events
FROM
(
    SELECT occurred_at, store_id, channel, status, decision, reporting_minor,
           ifNull(reporting_minor, 0) AS money
    FROM scores
    WHERE disposition IN ('scored', 'followed')
)
GROUP BY minute, store_id, channel;
