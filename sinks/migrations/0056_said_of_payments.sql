-- Why: what stands about a payment, without a look at every label: the last word of each source about each payment, by the
-- hour in which the payment was made. A word is 4 times its known_at in ms, plus 1 = genuine, 2 = fraud, 3 = withdrawn,
-- so the largest of a source is its last, and the largest of those that are not withdrawn is what stands: the one
-- known last, fraud where two became known at once. standing_verdicts reads it.
-- Writers: must be stopped.
-- Rebuild: said_of_payments
-- Undo: standing_verdicts as in 0029, then DROP VIEW said_of_payments_view and DROP TABLE said_of_payments

CREATE TABLE IF NOT EXISTS said_of_payments
(
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    event_id UUID,
    said_by LowCardinality(String),
    last_word SimpleAggregateFunction(max, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (hour, event_id, said_by)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS said_of_payments_view TO said_of_payments AS
SELECT toStartOfHour(occurred_at) AS hour, event_id, said_by,
       max(toUInt64(4 * toUnixTimestamp64Milli(known_at) + indexOf(['genuine', 'fraud', 'withdrawn'], verdict))) AS last_word
FROM labels
GROUP BY hour, event_id, said_by;

CREATE OR REPLACE VIEW standing_verdicts AS
SELECT event_id, if(stands % 4 = 2, 'fraud', 'genuine') AS verdict,
       fromUnixTimestamp64Milli(toInt64(intDiv(stands, 4)), 'UTC') AS known_at
FROM
(
    SELECT event_id, max(word) AS stands
    FROM
    (
        SELECT event_id, said_by, max(last_word) AS word
        FROM said_of_payments
        GROUP BY event_id, said_by
    )
    WHERE word % 4 != 3
    GROUP BY event_id
);
