-- Articles that run out first: counted ones that sell, by days of cover at the pace of a usual day or, where more,
-- of the last hour for a trading day of ten hours.
WITH if(as_of >= {now:DateTime('UTC')} - INTERVAL 1 HOUR, toFloat64(ifNull(sold_last_hour, 0)), 0.) AS busy,
     greatest(daily_demand, 10 * busy) AS wanted
SELECT place_id AS place, sku, level, wanted AS pieces_a_day, greatest(level, 0) / wanted AS days,
       last_receipt_at, counted_at
FROM stock_levels_now
WHERE wanted > 0 AND isNotNull(counted_at) AND level < 7 * wanted AND {store:String} IN ('', place_id)
ORDER BY days, wanted DESC, place, sku
LIMIT 50
