-- The five articles of which the most pieces cannot be sold in the next 24 hours unless goods arrive: a day's
-- demand less what is there. Only counted ones, because a level that nobody ever counted is a guess.
SELECT place_id, sku, level, daily_demand, daily_demand - greatest(level, 0) AS pieces_lost
FROM stock_levels_now
WHERE level < daily_demand
  AND isNotNull(counted_at)
  AND (empty({stores:Array(String)}) OR place_id IN {stores:Array(String)})
ORDER BY pieces_lost DESC, place_id, sku
LIMIT 5
