-- The payments behind the scores, with what the rollups of arrivals read; no page reads the table itself.
INSERT INTO transactions
    (event_id, source, run, seq, occurred_at, schema_version, payment_id, status, amount_minor, currency, channel,
     payment_method, terminal_id, store_id, kafka_partition, kafka_offset, received_at)
WITH cityHash64(number) % 400 AS terminal,
     fromUnixTimestamp64Milli(
         toInt64({end:UInt32}) * 1000 - toInt64(({rows:UInt64} - number) * ({days:UInt32} * 86400000 / {rows:UInt64})),
         'UTC') AS moment
SELECT generateUUIDv4(), concat('till-', toString(terminal)), 'run-1', number, moment, 1,
       concat('payment-', toString(number)), 'authorised', 100, 'EUR', 'pos', 'card',
       concat('terminal-', toString(terminal)), concat('store-', toString(terminal % 40)),
       number % 8, intDiv(number, 8), moment
FROM numbers({first:UInt64}, {count:UInt64})
