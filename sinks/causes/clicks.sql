-- Clicks by everything they can be told apart by.
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
