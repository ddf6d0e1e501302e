-- The newest 500 findings, those that nobody has settled first.
SELECT alert_id, kind, severity, entity_type, entity, ifNull(store_id, '') AS store_id, sentence,
       alerts.count AS events, money_at_risk_minor, per_hour_minor, since, noticed_at, last_at, `until`,
       ifNull(answer_verdict, '') AS verdict, ifNull(answer_by, '') AS answered_by, answer_at AS answered_at,
       effect, updated_at,
       isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn' AS open
FROM alerts FINAL
ORDER BY open DESC, since DESC, alert_id
LIMIT 500
