-- Errors shown within the range, by what they said, device and version of the app.
SELECT click_parts.error AS error, click_parts.device AS device, app_version, sum(click_parts.errors) AS errors
FROM click_parts
WHERE minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AND click_parts.errors > 0
  AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
GROUP BY error, device, app_version
ORDER BY errors DESC, error, device, app_version
LIMIT 30
