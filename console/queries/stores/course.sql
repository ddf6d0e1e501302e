-- Revenue of all chosen stores by step of the chart, within the range and within the one before.
SELECT minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS current,
       toUnixTimestamp(toStartOfInterval(minute, INTERVAL {step:UInt32} SECOND)) AS at,
       sum(payments_minute.revenue_minor) AS revenue_minor, sum(payments_minute.orders) AS orders
FROM payments_minute
WHERE ((minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')})
       OR (minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')}))
  AND {channel:String} IN ('', channel)
  AND ({region:String} = '' OR store_id IN (SELECT store_id FROM stores FINAL WHERE region = {region:String}))
GROUP BY current, at
ORDER BY current, at
