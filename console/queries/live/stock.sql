-- The newest stock movements of a source, id or all, that arrived in the last 15 minutes.
SELECT toString(stock_movements.event_id) AS event_id, occurred_at, stock_movements.received_at AS received_at,
       source, place_id, sku, kind, quantity
FROM stock_movements
WHERE stock_movements.received_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE
  AND {source:String} IN ('', source)
  AND ({id:String} = '' OR {id:String} IN (sku, place_id, toString(event_id)))
ORDER BY received_at DESC, event_id
LIMIT 30
