-- The payments of one customer or card within the range, the newest first, with score, reasons and what stands of all that
-- was said.
SELECT toString(paid.event_id) AS event_id, payment_id, occurred_at, status, reporting_minor, channel,
       payment_method, terminal_id, store_id, score, ifNull(decision, '') AS decision, reasons_feature AS reasons,
       ifNull(customer_id, '') AS customer, ifNull(card_id, '') AS card, verdict,
       ifNull(bin_country, '') AS country, ifNull(device, '') AS device
FROM
(
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id,
           score, decision, reasons_feature, customer_id, card_id, bin_country, device
    FROM scores
    WHERE (customer_id = {subject:String} OR card_id = {subject:String})
      AND toStartOfHour(occurred_at) >= toStartOfHour({begin:DateTime('UTC')})
      AND toStartOfHour(occurred_at) < {end:DateTime('UTC')}
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
      AND disposition IN ('scored', 'followed')
    ORDER BY occurred_at DESC
    LIMIT 200
) AS paid
LEFT JOIN
(
    SELECT event_id, if(max(word) % 4 = 2, 'fraud', 'genuine') AS verdict
    FROM
    (
        SELECT event_id, said_by, max(last_word) AS word
        FROM said_of_payments
        WHERE hour >= toStartOfHour({begin:DateTime('UTC')}) AND hour < {end:DateTime('UTC')}
        GROUP BY event_id, said_by
    )
    WHERE word % 4 != 3
    GROUP BY event_id
) AS said ON paid.event_id = said.event_id
ORDER BY occurred_at DESC
