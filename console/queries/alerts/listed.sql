-- The newest 500 findings, those that nobody has settled first, with who has each of them.
SELECT alert_id, kind, severity, entity_type, entity, ifNull(store_id, '') AS store_id, sentence,
       alerts.count AS events, money_at_risk_minor, per_hour_minor, since, noticed_at, last_at, `until`,
       ifNull(answer_verdict, '') AS verdict, ifNull(answer_by, '') AS answered_by, answer_at AS answered_at,
       effect, updated_at, held_by, escalated_by,
       isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn' AS open
FROM alerts FINAL
LEFT JOIN (
    SELECT alert_id,
           argMaxIf(
               multiIf(action = 'take', by, action = 'assign', ifNull(`to`, ''), ''), (at, kafka_offset),
               action IN ('take', 'release', 'assign')
           ) AS held_by,
           argMaxIf(by, (at, kafka_offset), action = 'escalate') AS escalated_by
    FROM alert_actions FINAL
    GROUP BY alert_id
) AS acted USING alert_id
ORDER BY open DESC, since DESC, alert_id
LIMIT 500
