-- Why: in which minutes the sources of a store gave a sign of life. A month of one a minute from 400 tills is 17 million
-- heartbeats; the page of a silent store asks for a day.
-- Writers: must be stopped.
-- Rebuild: heartbeats_minute
-- Undo: DROP VIEW heartbeats_minute_view, then DROP TABLE heartbeats_minute

CREATE TABLE IF NOT EXISTS heartbeats_minute
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    heartbeats SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS heartbeats_minute_view TO heartbeats_minute AS
SELECT toStartOfMinute(at) AS minute, ifNull(store_id, '') AS store_id, count() AS heartbeats
FROM heartbeats
GROUP BY minute, store_id;
