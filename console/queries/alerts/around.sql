-- The payments of a store, or of one of its terminals, within the range: those nearest to a moment, with score, reasons and
-- verdict. An empty store or terminal means any.
SELECT toString(paid.event_id) AS event_id, payment_id, occurred_at, status, reporting_minor, channel,
       payment_method, terminal_id, store_id, score, ifNull(decision, '') AS decision, reasons_feature AS reasons,
       ifNull(customer_id, '') AS customer, ifNull(card_id, '') AS card, ifNull(verdict, '') AS verdict,
       ifNull(bin_country, '') AS country, ifNull(device, '') AS device
FROM
(
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id,
           score, decision, reasons_feature, customer_id, card_id, bin_country, device
    FROM scores
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
      AND {store_id:String} IN ('', store_id) AND {terminal_id:String} IN ('', terminal_id)
      AND disposition IN ('scored', 'followed')
    ORDER BY abs(dateDiff('millisecond', occurred_at, toDateTime64({middle:DateTime('UTC')}, 3, 'UTC'))), event_id
    LIMIT 100
) AS paid
LEFT JOIN
(
    SELECT event_id, argMax(verdict, known_at) AS verdict
    FROM labels
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
    GROUP BY event_id
) AS said ON paid.event_id = said.event_id
ORDER BY occurred_at DESC, event_id
