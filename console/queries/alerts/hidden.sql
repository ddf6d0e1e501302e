-- What was raised in the last 7 days of what some alerts are about, by kind and entity, as a silence goes by them.
SELECT noticed_at, ifNull(answer_verdict, '') AS verdict
FROM alerts FINAL
WHERE (kind, entity_type, entity) IN (
    SELECT kind, entity_type, entity FROM alerts WHERE alert_id IN {alert_ids:Array(String)}
)
  AND noticed_at >= {now:DateTime('UTC')} - INTERVAL 7 DAY
ORDER BY noticed_at DESC
LIMIT 10000
