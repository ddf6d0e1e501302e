-- Payments that analysts answered since a moment without an alert, as far as they did not take it back: the newest answer
-- first. What was said is a label and a verdict of the same moment.
SELECT coalesce(card_id, customer_id, toString(event_id)) AS card, event_id, payment_id, customer_id, card_id, occurred_at,
       terminal_id, store_id, reporting_minor, said.last_word AS verdict, said.at AS at, told.by AS by
FROM scores
INNER JOIN (
    SELECT event_id, argMax(verdict, known_at) AS last_word, max(known_at) AS at
    FROM labels
    WHERE said_by = 'analyst'
      AND known_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id
    HAVING last_word != 'withdrawn'
) AS said USING (event_id)
INNER JOIN (
    SELECT event_id, at, any(by) AS by
    FROM verdicts
    WHERE isNull(alert_id)
      AND at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY event_id, at
) AS told ON told.event_id = scores.event_id AND told.at = said.at
WHERE disposition = 'scored'
  AND occurred_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC') - INTERVAL 2 DAY
ORDER BY at DESC, card, occurred_at
