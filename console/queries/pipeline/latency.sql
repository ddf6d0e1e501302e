-- How long payments waited for their score, median and slowest hundredth in ms, by step of the chart.
SELECT toUnixTimestamp(toStartOfInterval(second, INTERVAL {step:UInt32} SECOND)) AS at,
       quantilesTDigestMerge(0.5, 0.99)(latency_ms)[1] AS p50_ms,
       quantilesTDigestMerge(0.5, 0.99)(latency_ms)[2] AS p99_ms
FROM scoring_second
WHERE second >= {begin:DateTime('UTC')} AND second < {end:DateTime('UTC')} AND scores > 0
GROUP BY at
ORDER BY at
