-- Payments that analysts answered since a moment without an alert, as far as they did not take it back: the newest answer
-- first. What was said is a label and a verdict of the same moment; the label says whose the payment was, where and when.
-- What else is shown of it is looked for by day and hash of the card, by which payments lie.
WITH said AS (
    SELECT event_id, argMax(verdict, known_at) AS last_word, max(known_at) AS at, any(occurred_at) AS paid_at,
           any(customer_id) AS customer, any(card_id) AS paid_with, any(terminal_id) AS terminal
    FROM labels
    WHERE said_by = 'analyst'
      AND toStartOfHour(known_at) >= toStartOfHour(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
      AND known_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id
    HAVING last_word != 'withdrawn'
       AND paid_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 2 DAY
)
SELECT coalesce(paid_with, customer, toString(event_id)) AS card, event_id, payment_id, customer AS customer_id,
       paid_with AS card_id, paid_at AS occurred_at, terminal AS terminal_id, store_id, reporting_minor,
       said.last_word AS verdict, said.at AS at, told.by AS by
FROM (
    SELECT event_id, payment_id, store_id, reporting_minor
    FROM review_payments
    WHERE event_id IN (SELECT event_id FROM said)
      AND (toStartOfDay(occurred_at), cityHash64(card)) IN (
        SELECT toStartOfDay(paid_at), cityHash64(coalesce(paid_with, customer, toString(event_id)))
        FROM said
      )
) AS paid
INNER JOIN said USING (event_id)
INNER JOIN (
    SELECT event_id, at, any(by) AS by
    FROM verdicts
    WHERE isNull(alert_id)
      AND at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id, at
) AS told ON told.event_id = paid.event_id AND told.at = said.at
ORDER BY at DESC, card, occurred_at
