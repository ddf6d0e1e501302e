-- Why: what shops were told to do with payments that somebody looked at; alerts say by which id shops know a payment.
-- Read verdicts with FINAL; the last one of an event_id, by kafka_offset, counts.
-- Writers: must be stopped, and started in the new version: they send the new column.
-- Undo: DROP TABLE verdicts; ALTER TABLE alerts DROP COLUMN payments_payment_id

CREATE TABLE IF NOT EXISTS verdicts
(
    verdict_id UUID,
    event_id UUID,
    payment_id Nullable(String),
    outcome LowCardinality(String),
    `until` Nullable(DateTime64(3, 'UTC')),
    by LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    alert_id Nullable(String),
    reason String CODEC(ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(kafka_offset)
ORDER BY (event_id, verdict_id)
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE alerts
    ADD COLUMN IF NOT EXISTS payments_payment_id Array(Nullable(String)) AFTER payments_event_id;
