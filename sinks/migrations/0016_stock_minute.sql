-- Why: goods moved by minute of event time, place and kind.
-- Writers: need not stop.
-- Undo: DROP VIEW stock_minute_view, then DROP TABLE stock_minute

CREATE TABLE IF NOT EXISTS stock_minute
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    place_id LowCardinality(String),
    kind LowCardinality(String),
    movements SimpleAggregateFunction(sum, UInt64),
    pieces SimpleAggregateFunction(sum, Int64)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, place_id, kind)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS stock_minute_view TO stock_minute AS
SELECT toStartOfMinute(occurred_at) AS minute, place_id, kind, count() AS movements, sum(quantity) AS pieces
FROM stock_movements
GROUP BY minute, place_id, kind;
