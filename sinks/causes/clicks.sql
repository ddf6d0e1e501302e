-- Clicks by everything they can be told apart by; stretches of time as in payments.sql.
SELECT arrayFirstIndex(begin -> at >= begin AND at < begin + 60 * {length:UInt32}, {begins:Array(UInt32)}) - 1 AS day,
       at < {begins:Array(UInt32)}[day + 1] + 60 * {before:UInt32} AS before,
       store_id, device, app_version, campaign, error,
       sum(views) AS views, sum(checkouts) AS checkouts, sum(pays) AS pays, sum(errors) AS errors
FROM
(
    SELECT toUnixTimestamp(minute) AS at, store_id, device, app_version, campaign, error,
           views, checkouts, pays, errors
    FROM click_parts
    WHERE minute IN
    (
        SELECT toDateTime(arrayJoin({begins:Array(UInt32)}) + 60 * number, 'UTC')
        FROM numbers({length:UInt32})
    )
      AND (empty({store_id:String}) OR store_id = {store_id:String})
      AND store_id NOT IN {left_out:Array(String)}
)
GROUP BY day, before, store_id, device, app_version, campaign, error
ORDER BY day, before, store_id, device, app_version, campaign, error
