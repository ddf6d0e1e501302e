-- Somebody took each second finding.
INSERT INTO alert_actions
    (action_id, alert_id, action, by, at, text, schema_version, kafka_partition, kafka_offset, received_at)
SELECT generateUUIDv4(), alert_id, 'take', 'ops-1', since, '', 1, 0, kafka_offset, since
FROM alerts
WHERE kafka_offset % 2 = 0
