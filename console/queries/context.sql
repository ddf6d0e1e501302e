-- What was said to happen today: releases, campaigns, promotions, prices, weather; of what lasts, its beginning. What
-- names no store or channel concerns all.
SELECT kind, title, begins_at, ends_at
FROM context FINAL
WHERE begins_at >= {day_start:DateTime('UTC')}
  AND begins_at < {day_start:DateTime('UTC')} + INTERVAL 25 HOUR
  AND (isNull(store_id) OR empty({places:Array(String)}) OR has({places:Array(String)}, assumeNotNull(store_id)))
  AND (isNull(channel) OR {channel:String} IN ('', assumeNotNull(channel)))
ORDER BY begins_at DESC, context_id
LIMIT 30
