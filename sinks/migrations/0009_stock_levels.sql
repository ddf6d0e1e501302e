-- Why: the level of each SKU at each place after a movement; the last origin offset wins.
-- Read the view stock_levels_now.
-- Writers: need not stop.
-- Undo: DROP VIEW stock_levels_now, then DROP TABLE stock_levels

CREATE TABLE IF NOT EXISTS stock_levels
(
    place_id LowCardinality(String),
    sku LowCardinality(String),
    level Int64,
    counted_at Nullable(DateTime64(3, 'UTC')),
    as_of DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    daily_demand Float64,
    days_of_cover Nullable(Float64),
    origin_generation LowCardinality(String),
    origin_topic LowCardinality(String),
    origin_partition UInt16,
    origin_offset UInt64 CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(origin_offset)
ORDER BY (place_id, sku, origin_generation)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE VIEW IF NOT EXISTS stock_levels_now AS
SELECT place_id, sku, level, counted_at, as_of, daily_demand, days_of_cover
FROM stock_levels FINAL
ORDER BY received_at DESC
LIMIT 1 BY place_id, sku;
