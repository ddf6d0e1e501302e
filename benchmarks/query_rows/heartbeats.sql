-- A sign of life a minute from each of 400 tills.
INSERT INTO heartbeats
    (source, run, store_id, at, next_seq, spooled, schema_version, kafka_partition, kafka_offset, received_at)
WITH number % 400 AS terminal,
     fromUnixTimestamp64Milli(
         toInt64({end:UInt32}) * 1000 - toInt64(intDiv({rows:UInt64} - number, 400)) * 60000, 'UTC') AS moment
SELECT concat('till-', toString(terminal)), 'run-1', concat('store-', toString(terminal % 40)), moment,
       map('transactions', intDiv(number, 400)), 0, 1, 0, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
