-- Minutes in which the sources of a store gave a sign of life: a heartbeat, or any event. Empty = any store.
SELECT minute, true AS heartbeat
FROM heartbeats_minute
WHERE minute >= toStartOfMinute({begin:DateTime('UTC')}) AND minute < {end:DateTime('UTC')}
  AND ({store_id:String} = '' OR store_id = {store_id:String})
GROUP BY minute
UNION ALL
SELECT minute, false AS heartbeat
FROM metrics
WHERE minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')}
  AND ({store_id:String} = '' OR store_id = {store_id:String})
GROUP BY minute
