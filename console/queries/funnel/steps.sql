-- Visits that came to each step, within the range and the one before, by device; device '' = of all devices.
WITH minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS now,
     minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')} AS before
SELECT action, clicks_minute.device AS device, grouping(clicks_minute.device) = 1 AS together,
       uniqMergeIf(clicks_minute.sessions, now) AS visits, uniqMergeIf(clicks_minute.sessions, before) AS usual
FROM clicks_minute
WHERE (now OR before) AND action IN ('view', 'product', 'add_to_cart', 'checkout', 'pay')
  AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
GROUP BY GROUPING SETS ((action), (action, device))
ORDER BY device, action
LIMIT 1000
