-- 5,000 articles in each of 40 places.
INSERT INTO stock_levels
    (place_id, sku, level, counted_at, as_of, daily_demand, days_of_cover, sold_last_hour, origin_generation,
     origin_topic, origin_partition, origin_offset, schema_version, kafka_partition, kafka_offset, received_at)
WITH toDateTime64({end:UInt32}, 3, 'UTC') AS moment, cityHash64(number) AS drawn
SELECT concat('store-', toString(number % 40)), concat('sku-', toString(intDiv(number, 40) % 5000)), drawn % 400,
       moment - INTERVAL 3 DAY, moment - INTERVAL 5 MINUTE, 5 + drawn % 30, 4., drawn % 7, 'benchmark:0',
       'stock-movements', drawn % 8, number, 1, 0, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
