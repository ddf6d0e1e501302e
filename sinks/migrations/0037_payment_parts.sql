-- Why: why a figure fell: payments by minute and everything they can be told apart by, for the search of causes.
-- Device, issuer's country and decline reason come with the scores from now on; before they are empty.
-- No row is without a payment, so there are at most as many as payments. No TTL: it would go by event time, and
-- a replay of old payments would be deleted as it is written.
-- Writers: must be stopped, and started in the new version: they send the new columns.
-- Undo: DROP VIEW payment_parts_view, DROP TABLE payment_parts, and drop the columns of scores and transactions

ALTER TABLE transactions
    ADD COLUMN IF NOT EXISTS device LowCardinality(Nullable(String)) AFTER device_id;

ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS device LowCardinality(Nullable(String)) AFTER store_id,
    ADD COLUMN IF NOT EXISTS bin_country LowCardinality(Nullable(String)) AFTER device,
    ADD COLUMN IF NOT EXISTS decline_reason LowCardinality(Nullable(String)) AFTER bin_country;

CREATE TABLE IF NOT EXISTS payment_parts
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    channel LowCardinality(String),
    payment_method LowCardinality(String),
    device LowCardinality(String),
    bin_country LowCardinality(String),
    decline_reason LowCardinality(String),
    revenue_minor SimpleAggregateFunction(sum, Int64),
    orders SimpleAggregateFunction(sum, UInt64),
    declined SimpleAggregateFunction(sum, UInt64),
    refunds SimpleAggregateFunction(sum, UInt64),
    voids SimpleAggregateFunction(sum, UInt64),
    events SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, channel, payment_method, device, bin_country, decline_reason)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_parts_view TO payment_parts AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, channel, payment_method,
       ifNull(device, '') AS device, ifNull(bin_country, '') AS bin_country,
       ifNull(decline_reason, '') AS decline_reason,
       sumIf(money, status = 'authorised') - sumIf(money, status IN ('voided', 'refunded')) AS revenue_minor,
       countIf(status = 'authorised') AS orders,
       countIf(status = 'declined') AS declined,
       countIf(status = 'refunded') AS refunds,
       countIf(status = 'voided') AS voids,
       count() AS events
FROM
(
    SELECT occurred_at, store_id, channel, payment_method, device, bin_country, decline_reason, status,
           ifNull(reporting_minor, 0) AS money
    FROM scores
    WHERE disposition IN ('scored', 'followed')
)
GROUP BY minute, store_id, channel, payment_method, device, bin_country, decline_reason;
