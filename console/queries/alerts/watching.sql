-- What is being watched: series with an expected course for now, payments of the last ten finished minutes,
-- when the judge last said that it lives, and when the newest record of any kind reached Kafka.
SELECT (
           SELECT uniqExact(series, store_id, channel)
           FROM expectations
           WHERE begins_at > {now:DateTime('UTC')} - INTERVAL 1 DAY AND begins_at <= {now:DateTime('UTC')}
       ) AS series,
       (
           SELECT sum(orders + declined)
           FROM payments_minute
           WHERE minute >= toStartOfMinute({until:DateTime('UTC')} - INTERVAL 10 MINUTE)
             AND minute < toStartOfMinute({until:DateTime('UTC')})
       ) / 10 AS payments_per_minute,
       (SELECT nullIf(max(at), toDateTime64(0, 3, 'UTC')) FROM worker_status WHERE agent = 'judge') AS judged_at,
       (SELECT nullIf(max(second), toDateTime(0, 'UTC')) FROM arrivals_second) AS newest
