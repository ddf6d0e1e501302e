-- Why: what analysts ask, by names that stay: tables may change, these views keep their columns. Each column says what it
-- is (system.columns, DESCRIBE). Money is in minor units of the currency beside it, or of the reporting currency.
-- Writers: need not stop.
-- Undo: DROP VIEW of each

CREATE VIEW IF NOT EXISTS v_payments
(
    event_id UUID COMMENT 'the event of the payment, joins v_verdicts',
    payment_id String COMMENT 'joins the events of one payment: authorised, captured, refunded …',
    occurred_at DateTime64(3, 'UTC') COMMENT 'when it happened, UTC',
    status String COMMENT 'authorised, declined, captured, voided, refunded',
    amount_minor Int64 COMMENT 'minor units of currency',
    currency String COMMENT 'ISO 4217',
    reporting_minor Nullable(Int64) COMMENT 'minor units of the reporting currency (NULL without an exchange rate)',
    channel String COMMENT 'pos, web or app',
    payment_method String COMMENT 'how it was paid',
    store_id String COMMENT 'joins v_stores, web and app are stores of their own',
    terminal_id String COMMENT 'till, or page of payment',
    customer_id Nullable(String) COMMENT 'pseudonym, if known',
    card_id Nullable(String) COMMENT 'token of the provider, if a card was used',
    device Nullable(String) COMMENT 'kind of device, where it was paid online',
    bin_country Nullable(String) COMMENT 'country of the issuer, ISO 3166-1',
    decline_reason Nullable(String) COMMENT 'code of the provider, where declined',
    score Nullable(Float64) COMMENT 'probability of fraud, 0 to 1, NULL where it was not judged',
    threshold Nullable(Float64) COMMENT 'from here on it is looked at',
    decision Nullable(String) COMMENT 'approve, review or decline',
    decided_by String COMMENT 'model, rules, lists or control',
    rules_hit Array(String) COMMENT 'names of the rules that hit',
    model_version Nullable(String) COMMENT 'the model that scored'
)
AS SELECT event_id, payment_id, occurred_at, status, amount_minor, currency, reporting_minor, channel, payment_method,
          store_id, terminal_id, customer_id, card_id, device, bin_country, decline_reason, score, threshold, decision,
          decided_by, rules_hit, model_version
FROM scores
WHERE disposition IN ('scored', 'followed');

CREATE VIEW IF NOT EXISTS v_verdicts
(
    event_id UUID COMMENT 'the event of the payment, joins v_payments',
    verdict String COMMENT 'fraud or genuine: what stands of all that was said',
    known_at DateTime64(3, 'UTC') COMMENT 'since when, UTC'
)
AS SELECT event_id, verdict, known_at
FROM standing_verdicts;

CREATE VIEW IF NOT EXISTS v_alerts
(
    alert_id String COMMENT 'the same however often a finding is updated',
    kind String COMMENT 'payment_fraud, source_silent, sales_fallen …: docs/alerts.md',
    severity String COMMENT 'now or soon',
    entity_type String COMMENT 'card, terminal, store …',
    entity String COMMENT 'which one',
    store_id Nullable(String) COMMENT 'where, if it is of one store, joins v_stores',
    sentence String COMMENT 'what is wrong, for people',
    payments UInt64 COMMENT 'payments, or other events, that it is about',
    money_at_risk_minor Int64 COMMENT 'minor units of the reporting currency',
    since DateTime64(3, 'UTC') COMMENT 'when it began, event time, UTC',
    noticed_at DateTime64(3, 'UTC') COMMENT 'when it was noticed, event time, UTC',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was over, NULL while it goes on',
    verdict Nullable(String) COMMENT 'what people answered, NULL without an answer',
    answered_by Nullable(String) COMMENT 'who',
    answered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when, UTC',
    is_open Bool COMMENT 'goes on, and nobody has answered'
)
AS SELECT alert_id, kind, severity, entity_type, entity, store_id, sentence, alerts.`count` AS payments,
          money_at_risk_minor, since, noticed_at, `until` AS ended_at, answer_verdict AS verdict,
          answer_by AS answered_by, answer_at AS answered_at,
          isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn' AS is_open
FROM alerts FINAL;

CREATE VIEW IF NOT EXISTS v_stores
(
    store_id String COMMENT 'key',
    name String COMMENT 'for people',
    channel String COMMENT 'pos, web or app',
    region String COMMENT 'where it belongs to',
    time_zone String COMMENT 'IANA name, opening hours are in it'
)
AS SELECT store_id, name, channel, region, time_zone
FROM stores FINAL;

CREATE VIEW IF NOT EXISTS v_store_minute
(
    minute DateTime('UTC') COMMENT 'beginning of the minute, event time, UTC',
    store_id String COMMENT 'joins v_stores',
    channel String COMMENT 'pos, web or app',
    revenue_minor Int64 COMMENT 'authorised less voided less refunded, minor units of the reporting currency',
    orders UInt64 COMMENT 'authorised payments',
    declined UInt64 COMMENT 'declined payments',
    refunds UInt64 COMMENT 'refunds',
    refunded_minor Int64 COMMENT 'their money',
    voids UInt64 COMMENT 'payments taken back before they were captured',
    reviewed UInt64 COMMENT 'payments that the model or a rule wants looked at'
)
AS SELECT minute, store_id, channel, sum(payments_minute.revenue_minor) AS revenue_minor,
          sum(payments_minute.orders) AS orders, sum(payments_minute.declined) AS declined,
          sum(payments_minute.refunds) AS refunds, sum(payments_minute.refunded_minor) AS refunded_minor,
          sum(payments_minute.voids) AS voids, sum(payments_minute.reviewed) AS reviewed
FROM payments_minute
GROUP BY minute, store_id, channel;

CREATE VIEW IF NOT EXISTS v_funnel_hour
(
    hour DateTime('UTC') COMMENT 'beginning of the hour, event time, UTC',
    store_id String COMMENT 'web shop or app, joins v_stores',
    action String COMMENT 'view, search, product, add_to_cart, checkout, pay, error',
    device String COMMENT 'desktop, ios, android, tablet, other',
    clicks UInt64 COMMENT 'how often',
    sessions UInt64 COMMENT 'in how many visits (do not add up hours: a visit may be in two)'
)
AS SELECT toStartOfHour(minute) AS hour, store_id, action, device, sum(clicks_minute.clicks) AS clicks,
          uniqMerge(clicks_minute.sessions) AS sessions
FROM clicks_minute
GROUP BY hour, store_id, action, device;

CREATE VIEW IF NOT EXISTS v_stock
(
    place_id String COMMENT 'store or warehouse',
    sku String COMMENT 'article',
    level Int64 COMMENT 'pieces there',
    counted_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last count, UTC, NULL = never, so the level is a guess',
    as_of DateTime64(3, 'UTC') COMMENT 'last movement, UTC',
    daily_demand Float64 COMMENT 'pieces sold on a usual day',
    days_of_cover Nullable(Float64) COMMENT 'days until it is sold out at that pace'
)
AS SELECT place_id, sku, level, counted_at, as_of, daily_demand, days_of_cover
FROM stock_levels_now;

CREATE VIEW IF NOT EXISTS v_completeness
(
    source String COMMENT 'till, app or shop that sends events',
    topic String COMMENT 'transactions, clicks or stock-movements',
    store_id Nullable(String) COMMENT 'where it stands, joins v_stores',
    sent UInt64 COMMENT 'events that it has sent since it was started',
    arrived UInt64 COMMENT 'distinct events of these that are here',
    spooled UInt64 COMMENT 'events that wait there',
    last_heartbeat_at DateTime64(3, 'UTC') COMMENT 'last sign of life, UTC'
)
AS SELECT source, topic, store_id, sent, arrived, spooled, last_heartbeat_at
FROM completeness;
