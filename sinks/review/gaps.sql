-- Per terminal of the last days: payments of which nothing is known, and when the newest one was made that something is
-- known of (seconds since 1970; 0 = none).
SELECT terminal_id, greatest(0, toInt64(payments) - toInt64(labelled)) AS unlabelled, newest
FROM (
    SELECT terminal_id, count() AS payments
    FROM scores
    WHERE disposition = 'scored'
      AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      AND occurred_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY terminal_id
) AS made
LEFT JOIN (
    SELECT terminal_id, uniqExact(event_id) AS labelled,
           toFloat64(toUnixTimestamp64Milli(max(occurred_at))) / 1000 AS newest
    FROM labels
    WHERE verdict != 'withdrawn'
      AND known_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      AND known_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
      AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY terminal_id
) AS said USING (terminal_id)
