-- What each source sent and what of it arrived, per topic, of those that spoke in a day: most missing first.
SELECT source, ifNull(completeness.store_id, '') AS store, topic,
       sum(completeness.sent) AS sent, sum(least(completeness.arrived, completeness.sent)) AS arrived,
       max(completeness.spooled) AS spooled, max(last_heartbeat_received_at) AS heard_at
FROM completeness
WHERE last_heartbeat_received_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY
GROUP BY source, store, topic
ORDER BY sent - arrived DESC, heard_at, source, topic
LIMIT 100
