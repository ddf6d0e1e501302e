-- What people did about one finding, the newest 100 things.
SELECT action_id, action, by, at, ifNull(`to`, '') AS to_whom, text, `until`,
       weekly_days, weekly_begins, weekly_ends
FROM alert_actions FINAL
WHERE alert_id = {alert_id:String}
ORDER BY at DESC, kafka_offset DESC
LIMIT 100
