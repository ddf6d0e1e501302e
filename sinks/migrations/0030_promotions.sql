-- Why: who decided which model scores, and by which figures. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE promotions

CREATE TABLE IF NOT EXISTS promotions
(
    action LowCardinality(String),
    version Nullable(String),
    line LowCardinality(Nullable(String)),
    valid_from DateTime64(3, 'UTC'),
    by LowCardinality(String),
    who String,
    reason String,
    figures Map(LowCardinality(String), Float64),
    exclusions_said_by Array(String),
    exclusions_known_from Array(Nullable(DateTime64(3, 'UTC'))),
    exclusions_known_to Array(Nullable(DateTime64(3, 'UTC'))),
    at DateTime64(3, 'UTC'),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (valid_from, action, ifNull(version, ''))
SETTINGS non_replicated_deduplication_window = 10000;
