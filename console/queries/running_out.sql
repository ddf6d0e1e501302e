-- The five articles of which the most pieces cannot be sold in the next 24 hours unless goods arrive: what
-- would be wanted less what is there. Wanted is a usual day's demand or, where more, the pace of the last hour
-- for a trading day of ten hours. Only counted ones: a level that nobody ever counted is a guess.
WITH if(as_of >= {now:DateTime('UTC')} - INTERVAL 1 HOUR, toFloat64(ifNull(sold_last_hour, 0)), 0.) AS busy,
     greatest(daily_demand, 10 * busy) AS wanted
SELECT place_id, sku, level, greatest(daily_demand / 24, busy) AS pieces_an_hour,
       wanted - greatest(level, 0) AS pieces_lost
FROM stock_levels_now
WHERE level < wanted
  AND isNotNull(counted_at)
  AND (empty({stores:Array(String)}) OR place_id IN {stores:Array(String)})
ORDER BY pieces_lost DESC, place_id, sku
LIMIT 5
