-- Why: figures of each category of goods, by channel; alerts about a category, and what they come from.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Undo: not without loss: a column of the sorting key cannot be dropped; alerts and causes may lose theirs

-- In the key, or categories would replace each other; only a column that is added with it may join a key.
ALTER TABLE metrics
    ADD COLUMN IF NOT EXISTS category LowCardinality(String) AFTER channel,
    MODIFY ORDER BY (series, minute, store_id, channel, origin_topic, origin_partition, origin_generation, category);

CREATE OR REPLACE VIEW metrics_minute AS
SELECT series, store_id, channel, category, minute,
       argMax(counted, newest) AS count,
       argMax(summed, newest) AS total
FROM
(
    SELECT series, store_id, channel, category, minute, origin_topic, origin_generation,
           sum(last_count) AS counted, sum(last_total) AS summed, max(last_received_at) AS newest
    FROM
    (
        SELECT series, store_id, channel, category, minute, origin_topic, origin_generation, origin_partition,
               argMax(metrics.count, origin_offset) AS last_count,
               argMax(metrics.total, origin_offset) AS last_total,
               max(received_at) AS last_received_at
        FROM metrics
        GROUP BY series, store_id, channel, category, minute, origin_topic, origin_generation, origin_partition
    )
    GROUP BY series, store_id, channel, category, minute, origin_topic, origin_generation
)
GROUP BY series, store_id, channel, category, minute;

ALTER TABLE alerts ADD COLUMN IF NOT EXISTS watched_category Nullable(String) AFTER watched_channel;

ALTER TABLE causes ADD COLUMN IF NOT EXISTS category LowCardinality(Nullable(String)) AFTER payment_method;
