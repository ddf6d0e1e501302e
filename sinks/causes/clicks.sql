-- Clicks by everything they can be told apart by; stretches of time as in payments.sql.
WITH arrayFlatten(arrayMap(
         begin -> arrayMap(number -> toUInt32(begin + 60 * number), range({length:UInt32})), {begins:Array(UInt32)}
     )) AS minutes,
     arrayFlatten(arrayMap(
         day -> arrayMap(number -> toInt32(2 * day + (number < {before:UInt32})), range({length:UInt32})),
         range(length({begins:Array(UInt32)}))
     )) AS stretches
SELECT intDiv(stretch, 2) AS day, stretch % 2 AS before, store_id, device, app_version, campaign, error,
       sum(views) AS views, sum(checkouts) AS checkouts, sum(pays) AS pays, sum(errors) AS errors
FROM click_parts
WHERE minute IN
    (
        SELECT toDateTime(arrayJoin({begins:Array(UInt32)}) + 60 * number, 'UTC')
        FROM numbers({length:UInt32})
    )
  AND (empty({store_id:String}) OR store_id = {store_id:String})
  AND store_id NOT IN {left_out:Array(String)}
GROUP BY transform(toUnixTimestamp(minute), minutes, stretches, -1) AS stretch, store_id, device, app_version, campaign, error
