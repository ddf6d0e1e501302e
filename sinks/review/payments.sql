-- The payments behind chosen cards that nobody has said anything about, the most suspicious first, and the open alert
-- that names each, if there is one.
SELECT coalesce(card_id, customer_id, toString(event_id)) AS card, event_id, payment_id, customer_id, card_id, occurred_at,
       terminal_id, store_id, reporting_minor, score, status, nullIf(alert_id, '') AS alert_id
FROM scores
LEFT JOIN (
    SELECT arrayJoin(payments_event_id) AS event_id, any(alert_id) AS alert_id
    FROM (
        SELECT payments_event_id, alert_id
        FROM alerts FINAL
        WHERE isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn'
    )
    GROUP BY event_id
) AS told USING (event_id)
WHERE disposition = 'scored'
  AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
  AND occurred_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND card IN {cards:Array(String)}
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
ORDER BY score DESC, event_id
