-- Records that were refused, evenly over the days.
INSERT INTO dead_letters
    (origin_generation, origin_topic, origin_partition, origin_offset, kind, reason, payload, payload_bytes,
     payload_sha256, refused_at, schema_version, kafka_partition, kafka_offset, received_at)
WITH toDateTime64({end:UInt32} - intDiv(({rows:UInt64} - number) * {days:UInt32} * 86400, {rows:UInt64}), 3, 'UTC') AS moment
SELECT 'benchmark:0', 'transactions', number % 8, number, 'schema', 'amount_minor: Field required', repeat('x', 700),
       700, repeat('0', 64), moment, 1, 0, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
