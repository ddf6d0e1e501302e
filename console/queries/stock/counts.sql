-- Counts that found something else than movements said: pieces found less pieces expected, most missing first.
SELECT place_id AS place, sku, level, assumeNotNull(stock_levels_now.counted_at) AS counted_at,
       assumeNotNull(count_difference) AS difference
FROM stock_levels_now
WHERE isNotNull(stock_levels_now.counted_at) AND count_difference != 0
  AND stock_levels_now.counted_at >= {now:DateTime('UTC')} - INTERVAL 28 DAY
  AND {store:String} IN ('', place_id)
ORDER BY difference, place, sku
LIMIT 50
