-- Clicks of the web shop and the app: visits of eight actions.
INSERT INTO clicks
    (event_id, source, run, seq, occurred_at, schema_version, visitor_id, session_id, store_id, page, action, sku,
     campaign, device, app_version, error, duration_ms, kafka_partition, kafka_offset, received_at)
WITH cityHash64(number) AS drawn,
     intDiv(number, 64) * 8 + number % 8 AS visit,
     cityHash64(visit) AS visitor,
     fromUnixTimestamp64Milli(
         toInt64({end:UInt32}) * 1000 - toInt64(({rows:UInt64} - number) * ({days:UInt32} * 86400000 / {rows:UInt64})),
         'UTC') AS moment,
     ['view', 'view', 'search', 'product', 'product', 'add_to_cart', 'checkout', 'pay', 'error'][1 + drawn % 9] AS done
SELECT generateUUIDv4(), concat('shop-', toString(visitor % 2)), 'run-1', number, moment, 1,
       concat('visitor-', toString(visitor % 500000)), concat('visit-', toString(visit)),
       concat('store-', toString(visitor % 2)), '/articles', done, concat('sku-', toString(drawn % 5000)),
       ['', 'spring', 'mail', 'search'][1 + visitor % 4],
       ['desktop', 'ios', 'android', 'tablet', 'other'][1 + intDiv(visitor, 8) % 5],
       concat('4.', toString(intDiv(visitor, 64) % 4)),
       if(done = 'error', ['timeout', 'card_refused'][1 + drawn % 2], NULL), drawn % 900,
       number % 8, intDiv(number, 8), moment
FROM numbers({first:UInt64}, {count:UInt64})
