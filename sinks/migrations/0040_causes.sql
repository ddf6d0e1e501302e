-- Why: what each alert about a total comes from, as it was explained last. Read it with FINAL.
-- Writers: need not stop.
-- Undo: DROP TABLE causes

CREATE TABLE IF NOT EXISTS causes
(
    alert_id String,
    metric LowCardinality(String),
    unit LowCardinality(String),
    since DateTime64(3, 'UTC'),
    `until` DateTime64(3, 'UTC'),
    store_id LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    actual Float64,
    expected Float64,
    surprise Float64,
    evenly Bool,
    causes_dimensions Array(Array(LowCardinality(String))),
    causes_values Array(Array(String)),
    causes_words Array(String),
    causes_actual Array(Float64),
    causes_expected Array(Float64),
    causes_share Array(Float64),
    causes_surprise Array(Float64),
    rest_share Float64,
    mix_share Float64,
    figures_text Array(String),
    nearby_what Array(LowCardinality(String)),
    nearby_text Array(String),
    nearby_at Array(DateTime64(3, 'UTC')),
    nearby_reference Array(Nullable(String)),
    left_out Array(String),
    completeness Nullable(Float64),
    days UInt16,
    sentence String,
    explained_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    schema_version UInt8,
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(explained_at)
ORDER BY alert_id
SETTINGS non_replicated_deduplication_window = 10000;
