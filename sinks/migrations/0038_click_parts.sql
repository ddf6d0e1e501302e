-- Why: why visitors did not buy: clicks by minute and everything they can be told apart by, for the search of causes.
-- Campaigns and error codes are the shop's own words: few; a shop that puts ids into them makes as many rows.
-- Writers: need not stop.
-- Undo: DROP VIEW click_parts_view, then DROP TABLE click_parts

CREATE TABLE IF NOT EXISTS click_parts
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    device LowCardinality(String),
    app_version LowCardinality(String),
    campaign LowCardinality(String),
    error LowCardinality(String),
    views SimpleAggregateFunction(sum, UInt64),
    checkouts SimpleAggregateFunction(sum, UInt64),
    pays SimpleAggregateFunction(sum, UInt64),
    errors SimpleAggregateFunction(sum, UInt64),
    clicks SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, device, app_version, campaign, error)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS click_parts_view TO click_parts AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, device, ifNull(app_version, '') AS app_version,
       ifNull(campaign, '') AS campaign, ifNull(error, '') AS error,
       countIf(action = 'view') AS views, countIf(action = 'checkout') AS checkouts,
       countIf(action = 'pay') AS pays, countIf(action = 'error') AS errors, count() AS clicks
FROM clicks
GROUP BY minute, store_id, device, app_version, campaign, error;
