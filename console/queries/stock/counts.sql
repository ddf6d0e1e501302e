-- Counts that found something else than movements said: pieces found less pieces expected, most missing first.
SELECT place_id AS place, sku, level, assumeNotNull(counted_at) AS counted_at, assumeNotNull(difference) AS difference
FROM
(
    SELECT place_id, sku, level, stock_levels.counted_at AS counted_at, count_difference AS difference
    FROM stock_levels FINAL
    ORDER BY place_id, sku, received_at DESC
    LIMIT 1 BY place_id, sku
)
WHERE isNotNull(counted_at) AND difference != 0 AND counted_at >= {now:DateTime('UTC')} - INTERVAL 28 DAY
  AND {store:String} IN ('', place_id)
ORDER BY difference, place, sku
LIMIT 50
