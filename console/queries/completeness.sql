-- Events that the sources say they sent, and those of them that are here; of sources that spoke in a day.
SELECT sum(sent) AS expected, sum(least(arrived, sent)) AS received
FROM completeness
WHERE last_heartbeat_received_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY
  AND (empty({stores:Array(String)}) OR store_id IN {stores:Array(String)})
