-- The course of one series by the minute; an empty store, channel or category means all together.
SELECT minute, sum(metrics_minute.total) AS total
FROM metrics_minute
WHERE series = {series:String}
  AND minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')}
  AND ({store_id:String} = '' OR store_id = {store_id:String})
  AND ({channel:String} = '' OR channel = {channel:String})
  AND ({category:String} = '' OR category = {category:String})
GROUP BY minute
ORDER BY minute
