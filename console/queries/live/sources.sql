-- What each source sent by its own count and what of it arrived, of one source or the 200 that spoke last.
SELECT source, sum(completeness.sent) AS sent, sum(least(completeness.arrived, completeness.sent)) AS arrived,
       max(completeness.spooled) AS spooled, max(last_heartbeat_received_at) AS heard_at
FROM completeness
WHERE last_heartbeat_received_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY AND {source:String} IN ('', source)
GROUP BY source
ORDER BY heard_at DESC, source
LIMIT 200
