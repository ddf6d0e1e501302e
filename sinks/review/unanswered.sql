-- What risky.sql, telling.sql and payments.sql begin with: the payments of a stretch of time that nobody has said anything
-- about. They lie by the day.
WITH fromUnixTimestamp64Milli({since:Int64}, 'UTC') AS first, fromUnixTimestamp64Milli({until:Int64}, 'UTC') AS last,
unanswered AS (
    SELECT *, card
    FROM review_payments
    WHERE toStartOfDay(occurred_at) >= toStartOfDay(first) AND toStartOfDay(occurred_at) <= toStartOfDay(last)
      AND occurred_at >= first AND occurred_at <= last
      AND event_id NOT IN (
        SELECT event_id
        FROM said_of_payments
        WHERE hour >= toStartOfDay(first)
        GROUP BY event_id, said_by
        HAVING max(last_word) % 4 != 3
      )
)
