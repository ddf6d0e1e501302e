-- What paid.sql and payments.sql begin with: the payments of a stretch of time that nobody has said anything about.
WITH unanswered AS (
    SELECT coalesce(card_id, customer_id, toString(event_id)) AS card, *
    FROM scores
    WHERE disposition = 'scored'
      AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      AND occurred_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
      AND event_id NOT IN (
        SELECT event_id
        FROM (
            SELECT event_id, said_by, argMax(verdict, known_at) AS last_word
            FROM labels
            WHERE known_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            GROUP BY event_id, said_by
        )
        WHERE last_word != 'withdrawn'
      )
)
