-- What was sold of the chosen category of goods by step of the chart, within the range and within the one before.
SELECT minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS current,
       toUnixTimestamp(toStartOfInterval(minute, INTERVAL {step:UInt32} SECOND)) AS at,
       sum(goods_minute.sold_minor) AS sold_minor
FROM goods_minute
WHERE ((minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')})
       OR (minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')}))
  AND {category:String} IN ('', category) AND {channel:String} IN ('', channel)
  AND ({region:String} = '' OR store_id IN (SELECT store_id FROM stores FINAL WHERE region = {region:String}))
GROUP BY current, at
ORDER BY current, at
