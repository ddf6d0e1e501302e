-- What is usual on each day: eight series of each store and of the whole chain, in slots of ten minutes.
INSERT INTO expectations
    (series, store_id, channel, begins_at, slot_minutes, expected, low, high, learnt_days, made_at, detector,
     schema_version, kafka_partition, kafka_offset, received_at)
WITH number % 41 AS store,
     toStartOfDay(toDateTime64({end:UInt32}, 3, 'UTC')) - toIntervalDay(intDiv(number, 328)) AS day
SELECT ['revenue', 'orders', 'declined', 'refunds', 'visits', 'pays', 'errors', 'reviewed'][1 + intDiv(number, 41) % 8],
       if(store = 40, '', concat('store-', toString(store))), '', day, 10, arrayWithConstant(144, 100.),
       arrayWithConstant(144, 60.), arrayWithConstant(144, 150.), 20, day, 'benchmark', 1, 0, number, day
FROM numbers({first:UInt64}, {count:UInt64})
