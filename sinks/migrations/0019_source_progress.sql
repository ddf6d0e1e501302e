-- Why: what arrived of each source's numbered events, beside what its heartbeats say it sent.
-- seqs is an exact set, so repeats do not hide gaps; the view completeness compares both.
-- Writers: need not stop.
-- Undo: DROP VIEW completeness, progress_of_transactions, progress_of_clicks, progress_of_stock_movements,
--       last_heartbeats_view, then DROP TABLE source_progress, last_heartbeats

CREATE TABLE IF NOT EXISTS source_progress
(
    source LowCardinality(String),
    run LowCardinality(String),
    topic LowCardinality(String),
    events SimpleAggregateFunction(sum, UInt64),
    max_seq SimpleAggregateFunction(max, UInt64),
    seqs AggregateFunction(groupBitmap, UInt64),
    last_occurred_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    last_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (source, run, topic)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_of_transactions TO source_progress AS
SELECT source, run, 'transactions' AS topic, count() AS events, max(seq) AS max_seq,
       groupBitmapState(seq) AS seqs, max(occurred_at) AS last_occurred_at,
       max(received_at) AS last_received_at
FROM transactions
GROUP BY source, run, topic;

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_of_clicks TO source_progress AS
SELECT source, run, 'clicks' AS topic, count() AS events, max(seq) AS max_seq,
       groupBitmapState(seq) AS seqs, max(occurred_at) AS last_occurred_at,
       max(received_at) AS last_received_at
FROM clicks
GROUP BY source, run, topic;

CREATE MATERIALIZED VIEW IF NOT EXISTS progress_of_stock_movements TO source_progress AS
SELECT source, run, 'stock-movements' AS topic, count() AS events, max(seq) AS max_seq,
       groupBitmapState(seq) AS seqs, max(occurred_at) AS last_occurred_at,
       max(received_at) AS last_received_at
FROM stock_movements
GROUP BY source, run, topic;

CREATE TABLE IF NOT EXISTS last_heartbeats
(
    source LowCardinality(String),
    run LowCardinality(String),
    store_id LowCardinality(Nullable(String)),
    at DateTime64(3, 'UTC'),
    next_seq Map(LowCardinality(String), UInt64),
    spooled UInt64,
    received_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (source, run)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS last_heartbeats_view TO last_heartbeats AS
SELECT source, run, store_id, at, next_seq, spooled, received_at
FROM heartbeats;

-- Per source, run and topic: sent = what the last heartbeat says, arrived = distinct events of those here.
CREATE VIEW IF NOT EXISTS completeness AS
SELECT beat.source AS source, beat.run AS run, beat.topic AS topic, beat.store_id AS store_id,
       beat.sent AS sent,
       bitmapCardinality(bitmapSubsetInRange(progress.seqs, toUInt64(0), beat.sent)) AS arrived,
       beat.spooled AS spooled,
       beat.at AS last_heartbeat_at, beat.received_at AS last_heartbeat_received_at,
       progress.last_occurred_at AS last_occurred_at
FROM
(
    SELECT source, run, pair.1 AS topic, store_id, pair.2 AS sent, spooled, at, received_at
    FROM last_heartbeats FINAL
    ARRAY JOIN CAST(next_seq, 'Array(Tuple(String, UInt64))') AS pair
) AS beat
LEFT JOIN
(
    SELECT source, run, topic, groupBitmapMergeState(seqs) AS seqs,
           max(last_occurred_at) AS last_occurred_at
    FROM source_progress
    GROUP BY source, run, topic
) AS progress ON beat.source = progress.source AND beat.run = progress.run AND beat.topic = progress.topic;
