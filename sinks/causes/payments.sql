-- Payments by everything they can be told apart by. In no order, which would cost a quarter: the search sorts by itself.
SELECT intDiv(stretch, 2) AS day, stretch % 2 AS before, store_id, channel, payment_method, device, bin_country, decline_reason,
       sum(revenue_minor) AS revenue_minor, sum(orders) AS orders, sum(declined) AS declined,
       sum(refunds) AS refunds, sum(voids) AS voids
FROM payment_parts
WHERE minute IN
    (
        SELECT toDateTime(arrayJoin({begins:Array(UInt32)}) + 60 * number, 'UTC')
        FROM numbers({length:UInt32})
    )
  AND (empty({store_id:String}) OR store_id = {store_id:String})
  AND (empty({channel:String}) OR channel = {channel:String})
  AND (empty({payment_method:String}) OR payment_method = {payment_method:String})
  AND store_id NOT IN {left_out:Array(String)}
GROUP BY transform(toUnixTimestamp(minute), minutes, stretches, -1) AS stretch, store_id, channel, payment_method, device, bin_country, decline_reason
