-- What the tills of one store sent and what of it arrived, of those that spoke in a day.
SELECT source, topic, sum(completeness.sent) AS sent,
       sum(least(completeness.arrived, completeness.sent)) AS arrived,
       max(completeness.spooled) AS spooled, max(last_heartbeat_received_at) AS heard_at
FROM completeness
WHERE last_heartbeat_received_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY AND store_id = {subject:String}
GROUP BY source, topic
ORDER BY sent - arrived DESC, source, topic
LIMIT 50
