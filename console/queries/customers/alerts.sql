-- The alerts within the range that name a subject: as what they are about, as their store, or as who paid one of their
-- payments; the newest first. One that began up to a day before the range is among them.
SELECT alert_id, kind, severity, entity_type, entity, ifNull(store_id, '') AS store_id, sentence, `count` AS events,
       money_at_risk_minor, per_hour_minor, since, noticed_at, `until` AS ended_at, answer_at, detected_at,
       isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn' AS open
FROM alerts FINAL
WHERE alerts.since >= {begin:DateTime('UTC')} - INTERVAL 1 DAY AND alerts.since < {end:DateTime('UTC')}
  AND (entity = {subject:String} OR store_id = {subject:String} OR has(payments_customer_id, {subject:String}))
ORDER BY since DESC, alert_id
LIMIT 50
