-- The payments of a store, or of one of its terminals, within the range: those nearest to a moment, with score, reasons and
-- what stands of all that was said. An empty store or terminal means any. Read by store (projection by_store), so nothing is
-- asked that it does not hold: what has no payment is of 1970, out of any range.
SELECT toString(paid.event_id) AS event_id, payment_id, occurred_at, status, reporting_minor, channel,
       payment_method, terminal_id, store_id, score, ifNull(decision, '') AS decision, reasons_feature AS reasons,
       ifNull(customer_id, '') AS customer, ifNull(card_id, '') AS card, verdict,
       ifNull(bin_country, '') AS country, ifNull(device, '') AS device
FROM
(
    SELECT event_id, payment_id, occurred_at, status, reporting_minor, channel, payment_method, terminal_id, store_id,
           score, decision, reasons_feature, customer_id, card_id, bin_country, device
    FROM scores
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
      AND ({store_id:String} = '' OR store_id = {store_id:String})
      AND ({terminal_id:String} = '' OR terminal_id = {terminal_id:String})
    ORDER BY abs(dateDiff('millisecond', occurred_at, toDateTime64({middle:DateTime('UTC')}, 3, 'UTC'))), event_id
    LIMIT 100
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
ORDER BY occurred_at DESC, event_id
