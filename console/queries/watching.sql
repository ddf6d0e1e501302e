-- How much is being watched: curves that are known for today, and payments a minute.
SELECT (
           SELECT count()
           FROM expectations FINAL
           WHERE begins_at >= {day_start:DateTime('UTC')} AND begins_at <= {now:DateTime('UTC')}
       ) AS curves,
       (
           SELECT sum(events)
           FROM arrivals_second
           WHERE topic = 'transactions'
             AND second >= {wall:DateTime('UTC')} - INTERVAL 62 SECOND
             AND second < {wall:DateTime('UTC')} - INTERVAL 2 SECOND
       ) AS payments
