-- A word a second from each of six agents, for as long as the table keeps them.
INSERT INTO worker_status
    (worker, agent, at, state, partitions, events, repeats, refused, lag, oldest_unprocessed_seconds, latency_p50_ms,
     latency_p99_ms, schema_version, kafka_partition, kafka_offset, received_at)
WITH toDateTime64({end:UInt32} - intDiv({rows:UInt64} - number, 6), 3, 'UTC') AS moment
SELECT 'worker-1', ['fraud', 'series', 'stock', 'judge', 'trainer', 'sink'][1 + number % 6], moment, 'running',
       range(8), 10, 0, 0, 0, .1, 5., 20., 1, 0, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
