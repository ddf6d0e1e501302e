-- 40 stores, two of which are the web shop and the app.
INSERT INTO stores
    (store_id, name, channel, region, time_zone, hours_weekday, hours_opens, hours_closes, schema_version,
     kafka_partition, kafka_offset, received_at)
SELECT concat('store-', toString(number)), concat('Store ', toString(number)),
       multiIf(number = 0, 'web', number = 1, 'app', 'pos'), ['north', 'south', 'east', 'west'][1 + number % 4],
       'Europe/Berlin', [1, 2, 3, 4, 5, 6], arrayWithConstant(6, '09:00'), arrayWithConstant(6, '20:00'), 1, 0, number,
       toDateTime64({end:UInt32}, 3, 'UTC')
FROM numbers({first:UInt64}, {count:UInt64})
