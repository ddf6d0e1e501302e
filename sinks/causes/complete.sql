-- Events of a kind that the sources say they sent, and those of them that are here; of sources that spoke within
-- twelve hours before a stretch of time or since.
SELECT sum(sent) AS expected, sum(least(arrived, sent)) AS received
FROM completeness
WHERE topic = {topic:String}
  AND last_heartbeat_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 12 HOUR
  AND (empty({store_id:String}) OR store_id = {store_id:String})
  AND (empty({channel:String}) OR store_id IN (SELECT store_id FROM stores FINAL WHERE channel = {channel:String}))
  AND (empty({region:String}) OR store_id IN (SELECT store_id FROM stores FINAL WHERE region = {region:String}))
  AND ifNull(store_id, '') NOT IN {left_out:Array(String)}
