-- Why: cumulative partial figures of each minute and input partition; the last origin offset wins.
-- Read the view metrics_minute, which picks the last one and sums over partitions.
-- Writers: need not stop.
-- Undo: DROP VIEW metrics_minute, then DROP TABLE metrics

CREATE TABLE IF NOT EXISTS metrics
(
    series LowCardinality(String),
    store_id LowCardinality(String),
    channel LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    count UInt64,
    total Int64,
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
ORDER BY (series, minute, store_id, channel, origin_topic, origin_partition, origin_generation)
SETTINGS non_replicated_deduplication_window = 10000;

-- The newest generation of a minute replaces an older one: the topic was processed again.
CREATE VIEW IF NOT EXISTS metrics_minute AS
SELECT series, store_id, channel, minute,
       argMax(counted, newest) AS count,
       argMax(summed, newest) AS total
FROM
(
    SELECT series, store_id, channel, minute, origin_topic, origin_generation,
           sum(last_count) AS counted, sum(last_total) AS summed, max(last_received_at) AS newest
    FROM
    (
        SELECT series, store_id, channel, minute, origin_topic, origin_generation, origin_partition,
               argMax(metrics.count, origin_offset) AS last_count,
               argMax(metrics.total, origin_offset) AS last_total,
               max(received_at) AS last_received_at
        FROM metrics
        GROUP BY series, store_id, channel, minute, origin_topic, origin_generation, origin_partition
    )
    GROUP BY series, store_id, channel, minute, origin_topic, origin_generation
)
GROUP BY series, store_id, channel, minute;
