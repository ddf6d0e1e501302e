-- Why: steps in the shop by minute of event time; sessions with uniqMerge(sessions).
-- Writers: need not stop.
-- Undo: DROP VIEW clicks_minute_view, then DROP TABLE clicks_minute

CREATE TABLE IF NOT EXISTS clicks_minute
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    action LowCardinality(String),
    device LowCardinality(String),
    clicks SimpleAggregateFunction(sum, UInt64),
    sessions AggregateFunction(uniq, String)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, action, device)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS clicks_minute_view TO clicks_minute AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, action, device,
       count() AS clicks, uniqState(session_id) AS sessions
FROM clicks
GROUP BY minute, store_id, action, device;
