-- Alerts that are open, and all since yesterday's midnight: for the flags on the day and the demo's script.
SELECT alert_id, kind, severity, entity_type, entity, ifNull(store_id, '') AS store_id, sentence, `count` AS events,
       money_at_risk_minor, per_hour_minor, since, noticed_at, `until` AS ended_at, answer_at, detected_at,
       isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn' AS open
FROM alerts FINAL
WHERE open OR alerts.since >= {day_start:DateTime('UTC')} - INTERVAL 1 DAY
ORDER BY open DESC, severity = 'now' DESC, kind = 'payment_fraud', money_at_risk_minor DESC, alert_id
LIMIT 500
