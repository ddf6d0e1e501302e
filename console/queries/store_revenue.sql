-- The ten stores with the largest revenue today, and theirs on the same weekday last week up to the same
-- minute; NULL where a store had no payment then.
SELECT store_id,
       sumIf(payments_minute.revenue_minor, minute >= {day_start:DateTime('UTC')}) AS revenue_minor,
       if(countIf(minute < {week_end:DateTime('UTC')}) = 0, NULL,
          sumIf(payments_minute.revenue_minor, minute < {week_end:DateTime('UTC')})) AS last_week_minor
FROM payments_minute
WHERE ((minute >= {day_start:DateTime('UTC')} AND minute < {until:DateTime('UTC')})
       OR (minute >= {week_start:DateTime('UTC')} AND minute < {week_until:DateTime('UTC')}))
  AND (empty({stores:Array(String)}) OR store_id IN {stores:Array(String)})
  AND {channel:String} IN ('', channel)
GROUP BY store_id
HAVING countIf(minute >= {day_start:DateTime('UTC')}) > 0
ORDER BY revenue_minor DESC, store_id
LIMIT 10
