-- The verdicts that went with what analysts said.
INSERT INTO verdicts
    (verdict_id, event_id, outcome, by, at, reason, schema_version, kafka_partition, kafka_offset, received_at)
SELECT generateUUIDv4(), event_id, if(verdict = 'fraud', 'declined', 'released'), 'analyst-1', known_at, '', 1, 0,
       kafka_offset, known_at
FROM labels
WHERE said_by = 'analyst'
