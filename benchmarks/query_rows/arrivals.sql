-- What has arrived of each source, from each partition.
INSERT INTO arrivals
    (source, run, topic, store_id, arrived, highest_seq, last_occurred_at, origin_generation, origin_topic,
     origin_partition, origin_offset, schema_version, kafka_partition, kafka_offset, received_at)
WITH number % 400 AS terminal, toDateTime64({end:UInt32}, 3, 'UTC') AS moment
SELECT concat('till-', toString(terminal)), 'run-1', 'transactions', concat('store-', toString(terminal % 40)), 3000,
       24000, moment, 'benchmark:0', 'scores', intDiv(number, 400) % 8, number, 1, number % 8, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
