-- The last word of each agent in each worker that reported within five minutes, with what it did so far.
SELECT worker, agent,
       max(worker_status.received_at) AS heard_at,
       argMax(worker_status.state, at) AS state,
       argMax(length(worker_status.partitions), at) AS partitions,
       argMax(worker_status.events, at) AS events,
       argMax(worker_status.repeats, at) AS repeats,
       argMax(worker_status.refused, at) AS refused,
       argMax(worker_status.lag, at) AS lag,
       argMax(worker_status.oldest_unprocessed_seconds, at) AS oldest_unprocessed_seconds,
       argMax(worker_status.latency_p50_ms, at) AS latency_p50_ms,
       argMax(worker_status.latency_p99_ms, at) AS latency_p99_ms
FROM worker_status
WHERE at >= {wall:DateTime('UTC')} - INTERVAL 5 MINUTE
GROUP BY worker, agent
ORDER BY agent, worker
