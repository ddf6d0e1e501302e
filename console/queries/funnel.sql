-- Visits that came to each step in the last finished hour, and in the same hour a week before.
SELECT action,
       uniqMergeIf(clicks_minute.sessions, minute >= {funnel_start:DateTime('UTC')}) AS visits,
       uniqMergeIf(clicks_minute.sessions, minute < {week_until:DateTime('UTC')}) AS usual
FROM clicks_minute
WHERE ((minute >= {funnel_start:DateTime('UTC')} AND minute < {until:DateTime('UTC')})
       OR (minute >= {week_funnel_start:DateTime('UTC')} AND minute < {week_until:DateTime('UTC')}))
  AND action IN ('view', 'product', 'add_to_cart', 'checkout', 'pay')
  AND (empty({places:Array(String)}) OR store_id IN {places:Array(String)})
GROUP BY action
