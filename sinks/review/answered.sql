-- How many cards (else customers, else payments) analysts have answered since a moment: what is gone of the day's budget.
SELECT uniqExact(coalesce(card_id, customer_id, toString(event_id))) AS cards
FROM (
    SELECT event_id, any(customer_id) AS customer_id, any(card_id) AS card_id
    FROM labels
    WHERE said_by = 'analyst'
      AND toStartOfHour(known_at) >= toStartOfHour(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
      AND known_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id
    HAVING argMax(verdict, known_at) != 'withdrawn'
)
