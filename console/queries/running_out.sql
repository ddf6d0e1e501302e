-- The five articles of which the most pieces cannot be sold in the next 24 hours unless goods arrive: what
-- would be wanted less what is there. Wanted is a usual day's demand or, where more, the pace of the last hour
-- for a trading day of ten hours. Only counted ones: a level that nobody ever counted is a guess. Rows lie in the
-- order of the inner query, which costs a third of any other.
WITH if(as_of >= {now:DateTime('UTC')} - INTERVAL 1 HOUR, toFloat64(ifNull(sold_last_hour, 0)), 0.) AS busy,
     greatest(daily_demand, 10 * busy) AS wanted
SELECT place_id, sku, level, greatest(daily_demand / 24, busy) AS pieces_an_hour,
       wanted - greatest(level, 0) AS pieces_lost
FROM
(
    SELECT place_id, sku, level, daily_demand, sold_last_hour, as_of, counted_at
    FROM stock_levels FINAL
    ORDER BY place_id, sku, received_at DESC
    LIMIT 1 BY place_id, sku
)
WHERE level < wanted
  AND isNotNull(counted_at)
  AND (empty({stores:Array(String)}) OR place_id IN {stores:Array(String)})
ORDER BY pieces_lost DESC, place_id, sku
LIMIT 5
