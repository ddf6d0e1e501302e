-- How new each series is: its newest minute of the last day of event time, and when the newest word about it arrived.
SELECT series, max(minute) AS newest_minute, max(metrics.received_at) AS heard_at, uniq(store_id) AS stores
FROM metrics
WHERE minute >= {now:DateTime('UTC')} - INTERVAL 1 DAY AND minute <= {now:DateTime('UTC')}
GROUP BY series
ORDER BY series
