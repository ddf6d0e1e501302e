-- Other findings from two hours before a stretch of time to its end, about places that matter for it; suspicious
-- payments are many and about nobody else.
SELECT kind, sentence, since, alert_id
FROM alerts FINAL
WHERE since >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 2 HOUR
  AND since < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND kind NOT IN ('payment_fraud', 'model_drift')
  AND alert_id != {alert_id:String}
  AND (empty({store_id:String}) OR isNull(store_id) OR store_id = {store_id:String})
ORDER BY abs(toUnixTimestamp64Milli(since) - {since:Int64}), alert_id
LIMIT 10
