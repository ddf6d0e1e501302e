-- Why: the first steps for each kind of alert as the team wrote them, with who changed what; the last row of a kind and
-- entity type counts, in the order of Kafka. Without an entity type it is for any other. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE playbooks

CREATE TABLE IF NOT EXISTS playbooks
(
    playbook_id UUID,
    kind LowCardinality(String),
    entity_type LowCardinality(Nullable(String)),
    steps Array(String) CODEC(ZSTD(1)),
    by LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(kafka_offset)
ORDER BY (kind, playbook_id)
SETTINGS non_replicated_deduplication_window = 10000;
