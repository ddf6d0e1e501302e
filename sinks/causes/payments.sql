-- Payments by everything they can be told apart by: of one stretch of time and of earlier ones that read the same on the
-- wall, each with the hours before it. day = 0 for the first of `begins`, which are seconds since 1970. Stretches do not
-- overlap, so a minute is of one of them: looked up in a table of all their minutes, which is cheaper than a join and
-- than searching `begins` for each row. In no order, which would cost a quarter: the search sorts by itself.
WITH arrayFlatten(arrayMap(
         begin -> arrayMap(number -> toUInt32(begin + 60 * number), range({length:UInt32})), {begins:Array(UInt32)}
     )) AS minutes,
     arrayFlatten(arrayMap(
         day -> arrayMap(number -> toInt32(2 * day + (number < {before:UInt32})), range({length:UInt32})),
         range(length({begins:Array(UInt32)}))
     )) AS stretches
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
