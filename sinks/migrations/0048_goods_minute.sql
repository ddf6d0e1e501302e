-- Why: what kind of goods sells less or more. Lines of a payment that name a category come with its score, and of those of
-- authorised payments the sums by minute, store, channel and category are kept.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Rebuild: goods_minute
-- Undo: DROP VIEW goods_minute_view, DROP TABLE goods_minute, and drop the columns of scores

ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS goods_category Array(LowCardinality(String)) AFTER decline_reason,
    ADD COLUMN IF NOT EXISTS goods_pieces Array(Int32) CODEC(ZSTD(1)) AFTER goods_category,
    ADD COLUMN IF NOT EXISTS goods_minor Array(Int64) CODEC(ZSTD(1)) AFTER goods_pieces;

CREATE TABLE IF NOT EXISTS goods_minute
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    channel LowCardinality(String),
    category LowCardinality(String),
    sold_minor SimpleAggregateFunction(sum, Int64),
    pieces SimpleAggregateFunction(sum, Int64),
    lines SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, channel, category)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS goods_minute_view TO goods_minute AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, channel, category, sum(worth) AS sold_minor,
       sum(toInt64(moved)) AS pieces, count() AS lines
FROM
(
    SELECT occurred_at, store_id, channel, status, disposition, goods_category, goods_pieces, goods_minor
    FROM scores
    WHERE disposition = 'scored' AND status = 'authorised' AND notEmpty(goods_category)
) AS sales
ARRAY JOIN goods_category AS category, goods_pieces AS moved, goods_minor AS worth
GROUP BY minute, store_id, channel, category;
