-- How many cards analysts have answered in a stretch of time: what is gone of the day's budget. Their payments are looked
-- for in the hours of which labels say that they were made then.
WITH said AS (
    SELECT event_id, any(occurred_at) AS paid_at
    FROM labels
    WHERE said_by = 'analyst'
      AND toStartOfHour(known_at) >= toStartOfHour(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
      AND known_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id
    HAVING argMax(verdict, known_at) != 'withdrawn'
)
SELECT uniqExact(coalesce(card_id, customer_id, toString(event_id))) AS cards
FROM scores
WHERE disposition = 'scored'
  AND toStartOfHour(occurred_at) IN (SELECT toStartOfHour(paid_at) FROM said)
  AND event_id IN (SELECT event_id FROM said)
