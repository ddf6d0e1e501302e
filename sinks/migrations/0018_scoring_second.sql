-- Why: scores a second by the worker's clock, and how long a payment waited for its score, in ms from
-- Kafka's append to scored: quantilesTDigestMerge(0.5, 0.99)(latency_ms). Kept for seven days.
-- Writers: need not stop.
-- Undo: DROP VIEW scoring_second_view, then DROP TABLE scoring_second

CREATE TABLE IF NOT EXISTS scoring_second
(
    second DateTime('UTC') CODEC(Delta, ZSTD(1)),
    scores SimpleAggregateFunction(sum, UInt64),
    repeats SimpleAggregateFunction(sum, UInt64),
    refused SimpleAggregateFunction(sum, UInt64),
    latency_ms AggregateFunction(quantilesTDigest(0.5, 0.99), Float32)
)
ENGINE = AggregatingMergeTree
ORDER BY second
TTL second + INTERVAL 7 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS scoring_second_view TO scoring_second AS
SELECT toDateTime(scored_at, 'UTC') AS second, countIf(disposition = 'scored') AS scores,
       countIf(disposition = 'repeat') AS repeats, countIf(disposition = 'refused') AS refused,
       quantilesTDigestStateIf(0.5, 0.99)(
           toFloat32(greatest(0, toUnixTimestamp64Milli(scored_at)
                                 - toUnixTimestamp64Milli(assumeNotNull(received_at)))),
           isNotNull(received_at)) AS latency_ms
FROM scores
GROUP BY second;
