-- Why: how well models and what scored ranked payments whose verdict is known, by day. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE model_metrics

CREATE TABLE IF NOT EXISTS model_metrics
(
    subject LowCardinality(String),
    version String,
    day DateTime64(3, 'UTC'),
    window_days UInt16,
    matured_at DateTime64(3, 'UTC'),
    payments UInt64,
    labelled UInt64,
    unlabelled_share Float64,
    frauds UInt64,
    average_precision Float64,
    average_precision_low Float64,
    average_precision_high Float64,
    card_precision Float64,
    cards_per_day UInt32,
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (subject, day)
SETTINGS non_replicated_deduplication_window = 10000;
