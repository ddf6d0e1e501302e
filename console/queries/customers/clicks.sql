-- What a customer who is logged in did in the shop within the range, the newest first.
SELECT toString(clicks.event_id) AS event_id, occurred_at, store_id, page, action, device, ifNull(error, '') AS error
FROM clicks
WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
  AND customer_id = {subject:String}
ORDER BY occurred_at DESC, event_id
LIMIT 100
