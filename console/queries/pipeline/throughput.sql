-- Events a second that reached Kafka, by topic and step of the chart, by Kafka's append time.
SELECT toUnixTimestamp(toStartOfInterval(second, INTERVAL {step:UInt32} SECOND)) AS at, topic,
       sum(events) / {step:UInt32} AS per_second
FROM arrivals_second
WHERE second >= {begin:DateTime('UTC')} AND second < {end:DateTime('UTC')}
GROUP BY at, topic
ORDER BY at, topic
