-- Age of the oldest event that waited, of all agents, by step of the chart.
SELECT toUnixTimestamp(toStartOfInterval(at, INTERVAL {step:UInt32} SECOND)) AS moment,
       max(oldest_unprocessed_seconds) AS oldest_seconds
FROM worker_status
WHERE at >= {begin:DateTime('UTC')} AND at < {end:DateTime('UTC')}
GROUP BY moment
ORDER BY moment
