-- Movements and counts of one article within the range, those nearest to a moment; an empty place means any.
SELECT toString(stock_movements.event_id) AS event_id, occurred_at, place_id, kind, quantity, level_after
FROM stock_movements
WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
  AND sku = {subject:String} AND {store_id:String} IN ('', place_id)
ORDER BY abs(dateDiff('millisecond', occurred_at, toDateTime64({middle:DateTime('UTC')}, 3, 'UTC'))), event_id
LIMIT 100
