-- Who said what about one finding, in the order of Kafka.
SELECT answer_id, verdict, by, at
FROM answers FINAL
WHERE alert_id = {alert_id:String}
ORDER BY kafka_offset
LIMIT 50
