-- The alerts that name a customer or card: as what they are about, or by one of their payments; the newest first.
SELECT alert_id, kind, severity, entity_type, entity, ifNull(store_id, '') AS store_id, sentence, `count` AS events,
       money_at_risk_minor, per_hour_minor, since, noticed_at, `until` AS ended_at, answer_at, detected_at,
       isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn' AS open
FROM alerts FINAL
WHERE alerts.since >= {begin:DateTime('UTC')} - INTERVAL 1 DAY
  AND (entity = {subject:String} OR has(payments_customer_id, {subject:String}))
ORDER BY since DESC, alert_id
LIMIT 50
