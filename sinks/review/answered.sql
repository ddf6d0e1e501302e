-- How many cards analysts have answered in a stretch of time: what is gone of the day's budget.
SELECT uniqExact(coalesce(card_id, customer_id, toString(event_id))) AS cards
FROM scores
WHERE disposition = 'scored'
  AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 60 DAY
  AND event_id IN (
    SELECT event_id
    FROM labels
    WHERE said_by = 'analyst'
      AND known_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id
    HAVING argMax(verdict, known_at) != 'withdrawn'
)
