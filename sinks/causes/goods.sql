-- What kinds of goods were sold: lines of authorised payments that name a category.
SELECT intDiv(stretch, 2) AS day, stretch % 2 AS before, store_id, channel, category,
       sum(sold_minor) AS sold_minor, sum(lines) AS lines
FROM goods_minute
WHERE minute IN
    (
        SELECT toDateTime(arrayJoin({begins:Array(UInt32)}) + 60 * number, 'UTC')
        FROM numbers({length:UInt32})
    )
  AND (empty({store_id:String}) OR store_id = {store_id:String})
  AND (empty({channel:String}) OR channel = {channel:String})
  AND (empty({category:String}) OR category = {category:String})
  AND store_id NOT IN {left_out:Array(String)}
GROUP BY transform(toUnixTimestamp(minute), minutes, stretches, -1) AS stretch, store_id, channel, category
