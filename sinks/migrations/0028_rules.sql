-- Why: what analysts decide: every version of their rules, and the allow, block and review lists. Read both
-- with FINAL. Scores say which of them counted, payments bring what lists are compared with.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Undo: DROP TABLE rules; DROP TABLE lists; then ALTER TABLE … DROP COLUMN for each column that is added here

CREATE TABLE IF NOT EXISTS rules
(
    version UInt32,
    rules_name Array(String),
    rules_when Array(String),
    rules_action Array(LowCardinality(String)),
    rules_severity Array(LowCardinality(String)),
    rules_owner Array(LowCardinality(String)),
    rules_why Array(String),
    rules_expires_at Array(Nullable(DateTime64(3, 'UTC'))),
    valid_from DateTime64(3, 'UTC'),
    published_by LowCardinality(String),
    published_at DateTime64(3, 'UTC'),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(kafka_offset)
ORDER BY version
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS lists
(
    entry_id UUID,
    list_name LowCardinality(String),
    subject LowCardinality(String),
    value String,
    owner LowCardinality(String),
    reason String,
    valid_from DateTime64(3, 'UTC'),
    expires_at Nullable(DateTime64(3, 'UTC')),
    removed_by LowCardinality(Nullable(String)),
    at DateTime64(3, 'UTC'),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(kafka_offset)
ORDER BY entry_id
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS decided_by LowCardinality(String) DEFAULT 'model' AFTER model_version,
    ADD COLUMN IF NOT EXISTS rule_set Nullable(UInt32) AFTER decided_by,
    ADD COLUMN IF NOT EXISTS rules_hit Array(LowCardinality(String)) AFTER rule_set,
    ADD COLUMN IF NOT EXISTS rules_failed Array(LowCardinality(String)) AFTER rules_hit,
    ADD COLUMN IF NOT EXISTS lists_hit Array(LowCardinality(String)) AFTER rules_failed;

ALTER TABLE transactions
    ADD COLUMN IF NOT EXISTS bin LowCardinality(Nullable(String)) AFTER bin_country,
    ADD COLUMN IF NOT EXISTS email_hash Nullable(String) AFTER device_id;
