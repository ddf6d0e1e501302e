-- An answer to each second finding.
INSERT INTO answers (answer_id, alert_id, verdict, by, at, schema_version, kafka_partition, kafka_offset, received_at)
SELECT generateUUIDv4(), alert_id, 'confirmed', 'ops-1', since, 1, 0, kafka_offset, since
FROM alerts
WHERE kafka_offset % 2 = 0
