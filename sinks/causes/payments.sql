-- Payments by everything they can be told apart by: of one stretch of time and of earlier ones that read the same on the
-- wall, each with the hours before it. day = 0 for the first of `begins`, which are seconds since 1970.
SELECT arrayFirstIndex(begin -> at >= begin AND at < begin + 60 * {length:UInt32}, {begins:Array(UInt32)}) - 1 AS day,
       at < {begins:Array(UInt32)}[day + 1] + 60 * {before:UInt32} AS before,
       store_id, channel, payment_method, device, bin_country, decline_reason,
       sum(revenue_minor) AS revenue_minor, sum(orders) AS orders, sum(declined) AS declined,
       sum(refunds) AS refunds, sum(voids) AS voids
FROM
(
    SELECT toUnixTimestamp(minute) AS at, store_id, channel, payment_method, device, bin_country, decline_reason,
           revenue_minor, orders, declined, refunds, voids
    FROM payment_parts
    WHERE minute IN
    (
        SELECT toDateTime(arrayJoin({begins:Array(UInt32)}) + 60 * number, 'UTC')
        FROM numbers({length:UInt32})
    )
      AND (empty({store_id:String}) OR store_id = {store_id:String})
      AND (empty({channel:String}) OR channel = {channel:String})
      AND store_id NOT IN {left_out:Array(String)}
)
GROUP BY day, before, store_id, channel, payment_method, device, bin_country, decline_reason
ORDER BY day, before, store_id, channel, payment_method, device, bin_country, decline_reason
