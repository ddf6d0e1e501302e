-- The numbers that a table holds of some hours of event time: 1,024 in a row to a chunk. Rows of the ranges that are left
-- out are those of a batch that may have been written already.
SELECT toUnixTimestamp(toStartOfHour(occurred_at)) AS hour, source, run, bitShiftRight(seq, 10) AS chunk,
       groupArray(toUInt16(bitAnd(seq, 1023))) AS places
FROM {table:Identifier}
WHERE toStartOfHour(occurred_at) IN (SELECT toDateTime(arrayJoin({hours:Array(UInt32)}), 'UTC'))
      AND NOT arrayExists(
          (partition, first, last) -> kafka_partition = partition AND kafka_offset BETWEEN first AND last,
          {partitions:Array(UInt16)}, {firsts:Array(UInt64)}, {lasts:Array(UInt64)}
      )
GROUP BY hour, source, run, chunk
