-- What else happened from two hours before a stretch of time to its end, where it matters for the place that is asked
-- about, the nearest to its beginning first. Other findings without suspicious payments, which are many and about
-- nobody else; and what was said to have happened: of what lasts, its beginning.
SELECT what, text, at, reference, told
FROM
(
    SELECT toString(kind) AS what, sentence AS text, since AS at, alert_id AS reference, 0 AS told,
           ifNull(toString(store_id), '') AS place, '' AS through
    FROM alerts FINAL
    WHERE kind NOT IN ('payment_fraud', 'model_drift') AND alert_id != {alert_id:String}
    UNION ALL
    SELECT toString(kind), title, begins_at, toString(context_id), 1,
           ifNull(toString(store_id), ''), ifNull(toString(channel), '')
    FROM context FINAL
)
WHERE at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 2 HOUR
  AND at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND (empty(place) OR empty({store_id:String}) OR place = {store_id:String})
  AND (empty(through) OR empty({channel:String}) OR through = {channel:String})
  AND (empty(place) OR empty({region:String})
       OR place IN (SELECT toString(store_id) FROM stores FINAL WHERE region = {region:String}))
ORDER BY abs(toUnixTimestamp64Milli(at) - {since:Int64}), reference
LIMIT 10
