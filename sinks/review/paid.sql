-- Payments of a stretch of time that nobody has said anything about, by card (else customer, else the payment itself)
-- and terminal: how many there are and how high the highest score is.
SELECT coalesce(card_id, customer_id, toString(event_id)) AS card, terminal_id, count() AS payments,
       max(ifNull(score, 0)) AS highest
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
GROUP BY card, terminal_id
ORDER BY card, terminal_id
