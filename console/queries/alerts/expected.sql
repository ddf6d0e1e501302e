-- What is usual for one series on the days that the chart touches.
SELECT begins_at, slot_minutes, expected, low, high, learnt_days
FROM expectations FINAL
WHERE series = {series:String} AND store_id = {store_id:String} AND channel = {channel:String}
  AND begins_at > {begin:DateTime('UTC')} - INTERVAL 25 HOUR AND begins_at < {end:DateTime('UTC')}
ORDER BY begins_at
