-- Visits and paying visits: once for the finished part of each day (`whole`), its whole hours by the hour and what is left at
-- its ends by the minute, and per ten minutes of the last two hours for the sparkline.
SELECT period, true AS whole, toDateTime(0, 'UTC') AS bucket,
       uniqMerge(visiting) AS sessions, uniqMerge(buying) AS paying
FROM
(
    SELECT if(hour >= {day_start:DateTime('UTC')}, 'today', 'last_week') AS period,
           uniqMergeState(visits_hour.sessions) AS visiting, uniqMergeState(visits_hour.paying) AS buying
    FROM visits_hour
    WHERE ((hour >= {day_start:DateTime('UTC')} AND hour <= {until:DateTime('UTC')} - INTERVAL 1 HOUR)
           OR (hour >= {week_start:DateTime('UTC')} AND hour <= {week_until:DateTime('UTC')} - INTERVAL 1 HOUR))
      AND (empty({places:Array(String)}) OR store_id IN {places:Array(String)})
    GROUP BY period
    UNION ALL
    SELECT if(minute >= {day_start:DateTime('UTC')}, 'today', 'last_week') AS period,
           uniqMergeState(clicks_minute.sessions) AS visiting,
           uniqMergeStateIf(clicks_minute.sessions, action = 'pay') AS buying
    FROM clicks_minute
    WHERE ((minute >= {day_start:DateTime('UTC')} AND minute < {until:DateTime('UTC')}
            AND (toStartOfHour(minute) < {day_start:DateTime('UTC')}
                 OR toStartOfHour(minute) > {until:DateTime('UTC')} - INTERVAL 1 HOUR))
           OR (minute >= {week_start:DateTime('UTC')} AND minute < {week_until:DateTime('UTC')}
               AND (toStartOfHour(minute) < {week_start:DateTime('UTC')}
                    OR toStartOfHour(minute) > {week_until:DateTime('UTC')} - INTERVAL 1 HOUR)))
      AND (empty({places:Array(String)}) OR store_id IN {places:Array(String)})
    GROUP BY period
)
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
