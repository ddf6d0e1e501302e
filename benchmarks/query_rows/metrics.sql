-- Partials per minute: two series of each store, from several partitions.
INSERT INTO metrics
    (series, store_id, channel, minute, count, total, origin_generation, origin_topic, origin_partition,
     origin_offset, schema_version, kafka_partition, kafka_offset, received_at)
WITH intDiv({rows:UInt64}, {days:UInt32} * 1440) + 1 AS each_minute,
     number % each_minute AS place,
     intDiv(place, 2) % 40 AS store,
     toDateTime({end:UInt32} - 60 * intDiv({rows:UInt64} - number, each_minute), 'UTC') AS at
SELECT ['revenue', 'orders'][1 + place % 2], concat('store-', toString(store)),
       multiIf(store = 0, 'web', store = 1, 'app', 'pos'), toStartOfMinute(at), 3, 4500, 'benchmark:0', 'scores',
       intDiv(place, 80) % 8, number, 1, number % 8, number, at
FROM numbers({first:UInt64}, {count:UInt64})
