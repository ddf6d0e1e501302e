-- Why: every model that was published, with what it learnt from. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE models

CREATE TABLE IF NOT EXISTS models
(
    version String,
    kind LowCardinality(String),
    feature_set LowCardinality(String),
    features Array(LowCardinality(String)),
    means Array(Float64),
    scales Array(Float64),
    weights Array(Float64),
    bias Float64,
    threshold Float64,
    alerts_per_day Float64,
    valid_from DateTime64(3, 'UTC'),
    learnt_from DateTime64(3, 'UTC'),
    learnt_to DateTime64(3, 'UTC'),
    labels UInt64,
    frauds UInt64,
    metrics Map(LowCardinality(String), Float64),
    parent Nullable(String),
    samples_features Array(Array(Float64)),
    samples_score Array(Float64),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY version
SETTINGS non_replicated_deduplication_window = 10000;
