-- All rows of a source's number but the first that Kafka took, with the day that they count for.
INSERT INTO {staging:Identifier} (day, received_at, kafka_partition, kafka_offset)
SELECT least(toDate(hour), toDate(later.1)), later.1, later.2, later.3
FROM
(
    SELECT toStartOfHour(occurred_at) AS hour,
           arrayJoin(arrayPopFront(arraySort(groupArray((received_at, kafka_partition, kafka_offset))))) AS later
    FROM {table:Identifier}
    WHERE (toStartOfHour(occurred_at), source, run, seq) IN
    (
        SELECT toStartOfHour(occurred_at) AS hour, source, run, seq
        FROM {table:Identifier}
        GROUP BY hour, source, run, seq
        HAVING count() > 1
        SETTINGS optimize_aggregation_in_order = 1
    )
    GROUP BY hour, source, run, seq
)
