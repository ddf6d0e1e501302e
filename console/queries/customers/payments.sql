-- The payments of one customer or card within the range, the newest first, with score, reasons and verdict.
SELECT toString(scores.event_id) AS event_id, payment_id, occurred_at, status, reporting_minor, channel,
       payment_method, terminal_id, store_id, score, ifNull(decision, '') AS decision, reasons_feature AS reasons,
       ifNull(customer_id, '') AS customer, ifNull(card_id, '') AS card, ifNull(verdict, '') AS verdict,
       ifNull(bin_country, '') AS country, ifNull(device, '') AS device
FROM
(
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id,
           score, decision, reasons_feature, customer_id, card_id, bin_country, device
    FROM scores
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
      AND disposition IN ('scored', 'followed')
      AND (customer_id = {subject:String} OR card_id = {subject:String})
    ORDER BY occurred_at DESC
    LIMIT 200
) AS scores
LEFT JOIN
(
    SELECT event_id, argMax(verdict, known_at) AS verdict
    FROM labels
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
    GROUP BY event_id
) AS labels ON scores.event_id = labels.event_id
ORDER BY occurred_at DESC
