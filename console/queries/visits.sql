-- Visits and paying visits: once for the finished part of each day (`whole`), and per ten minutes of the
-- last two hours for the sparkline.
SELECT if(minute >= {day_start:DateTime('UTC')}, 'today', 'last_week') AS period,
       true AS whole,
       toDateTime(0, 'UTC') AS bucket,
       uniqMerge(clicks_minute.sessions) AS sessions,
       uniqMergeIf(clicks_minute.sessions, action = 'pay') AS paying
FROM clicks_minute
WHERE ((minute >= {day_start:DateTime('UTC')} AND minute < {until:DateTime('UTC')})
       OR (minute >= {week_start:DateTime('UTC')} AND minute < {week_until:DateTime('UTC')}))
  AND (empty({places:Array(String)}) OR store_id IN {places:Array(String)})
GROUP BY period
UNION ALL
SELECT if(minute >= {sparkline_start:DateTime('UTC')} - INTERVAL 10 MINUTE, 'today', 'last_week') AS period,
       false AS whole,
       toStartOfInterval(minute, INTERVAL 10 MINUTE) AS bucket,
       uniqMerge(clicks_minute.sessions) AS sessions,
       uniqMergeIf(clicks_minute.sessions, action = 'pay') AS paying
FROM clicks_minute
WHERE ((minute >= {sparkline_start:DateTime('UTC')} - INTERVAL 10 MINUTE
        AND minute < {until:DateTime('UTC')})
       OR (minute >= {week_sparkline_start:DateTime('UTC')} - INTERVAL 10 MINUTE
           AND minute < {week_until:DateTime('UTC')}))
  AND (empty({places:Array(String)}) OR store_id IN {places:Array(String)})
GROUP BY period, bucket
