-- Per terminal of the last whole days: payments of which nothing is known, and when the newest one was made that something
-- is known of (seconds since 1970; 0 = none); and how many payments were made there today and yesterday. Both are counted by
-- days beside their tables (terminal_days).
SELECT terminal_id, greatest(0, toInt64(payments) - toInt64(labelled)) AS unlabelled, newest, lately
FROM (
    SELECT terminal_id, sum(made_that_day) AS payments,
           sumIf(made_that_day, day >= toStartOfDay(fromUnixTimestamp64Milli({until:Int64}, 'UTC')) - INTERVAL 1 DAY) AS lately
    FROM (
        SELECT terminal_id, toStartOfDay(occurred_at) AS day, count() AS made_that_day
        FROM scores
        WHERE disposition = 'scored'
          AND toStartOfDay(occurred_at) >= toStartOfDay(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
        GROUP BY terminal_id, day
    )
    GROUP BY terminal_id
) AS made
LEFT JOIN (
    SELECT terminal_id, uniqExact(event_id) AS labelled,
           toFloat64(toUnixTimestamp64Milli(max(occurred_at))) / 1000 AS newest
    FROM labels
    WHERE verdict != 'withdrawn'
      AND toStartOfDay(occurred_at) >= toStartOfDay(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
    GROUP BY terminal_id
) AS said USING (terminal_id)
