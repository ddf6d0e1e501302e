-- What each store sold of the chosen category of goods within the range, and within the range before; NULL where nothing then.
WITH minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS now,
     minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')} AS before
SELECT store_id AS store, sumIf(goods_minute.sold_minor, now) AS sold_minor, sumIf(goods_minute.pieces, now) AS pieces,
       if(countIf(before) = 0, NULL, sumIf(goods_minute.sold_minor, before)) AS before_minor
FROM goods_minute
WHERE (now OR before) AND {category:String} IN ('', category) AND {channel:String} IN ('', channel)
  AND ({region:String} = '' OR store_id IN (SELECT store_id FROM stores FINAL WHERE region = {region:String}))
GROUP BY store
ORDER BY sold_minor DESC, store
LIMIT 1000
