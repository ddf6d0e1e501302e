-- The payments of one customer or card within the range, the newest first, with score, reasons and verdict. Asked for by
-- customer and by card apart, since each has its own index.
SELECT toString(paid.event_id) AS event_id, payment_id, occurred_at, status, reporting_minor, channel,
       payment_method, terminal_id, store_id, score, ifNull(decision, '') AS decision, reasons_feature AS reasons,
       ifNull(customer_id, '') AS customer, ifNull(card_id, '') AS card, ifNull(verdict, '') AS verdict,
       ifNull(bin_country, '') AS country, ifNull(device, '') AS device
FROM
(
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id,
           score, decision, reasons_feature, customer_id, card_id, bin_country, device
    FROM scores
    WHERE customer_id = {subject:String} AND disposition IN ('scored', 'followed')
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
    ORDER BY occurred_at DESC
    LIMIT 200
    UNION ALL
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id,
           score, decision, reasons_feature, customer_id, card_id, bin_country, device
    FROM scores
    WHERE card_id = {subject:String} AND ifNull(customer_id, '') != {subject:String}
      AND disposition IN ('scored', 'followed')
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
    ORDER BY occurred_at DESC
    LIMIT 200
) AS paid
LEFT JOIN
(
    SELECT event_id, argMax(verdict, known_at) AS verdict
    FROM labels
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
    GROUP BY event_id
) AS said ON paid.event_id = said.event_id
ORDER BY occurred_at DESC
LIMIT 200
