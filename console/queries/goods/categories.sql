-- What was sold of each category of goods within the range, and within the range before; NULL where nothing of it was sold then.
WITH minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS now,
     minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')} AS before
SELECT category, sumIf(goods_minute.sold_minor, now) AS sold_minor, sumIf(goods_minute.pieces, now) AS pieces,
       sumIf(goods_minute.lines, now) AS lines,
       if(countIf(before) = 0, NULL, sumIf(goods_minute.sold_minor, before)) AS before_minor
FROM goods_minute
WHERE (now OR before) AND {channel:String} IN ('', channel)
  AND ({region:String} = '' OR store_id IN (SELECT store_id FROM stores FINAL WHERE region = {region:String}))
GROUP BY category
ORDER BY sold_minor DESC, category
LIMIT 200
