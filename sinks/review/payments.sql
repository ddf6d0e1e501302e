-- The unanswered payments of chosen cards, the most suspicious first, and the open alert that names each, if one does. They
-- lie by day and hash of the card.
SELECT card, event_id, payment_id, customer_id, card_id,
       occurred_at, terminal_id, store_id, reporting_minor, score, status, reasons_feature, reasons_value, nullIf(alert_id, '') AS alert_id
FROM (
    SELECT *
    FROM unanswered
    WHERE cityHash64(card) IN arrayMap(one -> cityHash64(one), {cards:Array(String)})
      AND card IN {cards:Array(String)}
) AS paid
LEFT JOIN (
    SELECT arrayJoin(payments_event_id) AS event_id, any(alert_id) AS alert_id
    FROM (
        SELECT payments_event_id, alert_id
        FROM alerts FINAL
        WHERE isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn'
    )
    GROUP BY event_id
) AS told USING (event_id)
ORDER BY score DESC, event_id
