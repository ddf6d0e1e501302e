-- The newest clicks of a source, id or all, that arrived in the last 15 minutes.
SELECT toString(clicks.event_id) AS event_id, occurred_at, clicks.received_at AS received_at, source, store_id,
       page, action, device, ifNull(error, '') AS error
FROM clicks
WHERE clicks.received_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE
  AND {source:String} IN ('', source)
  AND ({id:String} = '' OR {id:String} IN (session_id, visitor_id, ifNull(customer_id, ''), toString(event_id)))
ORDER BY received_at DESC, event_id
LIMIT 30
