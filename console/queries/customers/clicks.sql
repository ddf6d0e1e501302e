-- What a customer who is logged in did in the shop in the last 15 minutes of the range, the newest first.
SELECT toString(clicks.event_id) AS event_id, occurred_at, store_id, page, action, device, ifNull(error, '') AS error
FROM clicks
WHERE occurred_at >= {end:DateTime('UTC')} - INTERVAL 15 MINUTE AND occurred_at < {end:DateTime('UTC')}
  AND customer_id = {subject:String}
ORDER BY occurred_at DESC
LIMIT 100
