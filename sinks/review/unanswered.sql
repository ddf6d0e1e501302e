-- What risky.sql, telling.sql and payments.sql begin with: the payments of a stretch of time that nobody has said anything
-- about.
WITH unanswered AS (
    SELECT *, card
    FROM scores
    WHERE disposition = 'scored'
      AND toStartOfHour(occurred_at) >= toStartOfHour(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
      AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      AND occurred_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
      AND event_id NOT IN (
        SELECT event_id
        FROM (
            SELECT event_id, said_by, argMax(verdict, known_at) AS last_word
            FROM labels
            WHERE toStartOfHour(known_at) >= toStartOfHour(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
              AND known_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            GROUP BY event_id, said_by
        )
        WHERE last_word != 'withdrawn'
      )
)
