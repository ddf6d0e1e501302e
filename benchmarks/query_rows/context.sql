-- What was said to have happened.
INSERT INTO context
    (context_id, kind, title, begins_at, source, schema_version, kafka_partition, kafka_offset, received_at)
WITH toDateTime64({end:UInt32} - intDiv(({rows:UInt64} - number) * {days:UInt32} * 86400, {rows:UInt64}), 3, 'UTC') AS moment
SELECT generateUUIDv4(), 'release', 'A release of the app', moment, 'builds', 1, 0, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
