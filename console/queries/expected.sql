-- What is usual today, per series, for the whole chain or one store with all its channels; yesterday's where
-- today's is not made yet.
SELECT series, begins_at, slot_minutes, expected, low, high, learnt_days
FROM expectations FINAL
WHERE store_id = {expected_store:String}
  AND channel = ''
  AND begins_at >= {day_start:DateTime('UTC')} - INTERVAL 1 DAY
  AND begins_at <= {now:DateTime('UTC')}
ORDER BY begins_at DESC
LIMIT 1 BY series
