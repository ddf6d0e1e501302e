-- Every store with its opening hours.
SELECT store_id, name, channel, region, time_zone, hours_weekday, hours_opens, hours_closes
FROM stores FINAL
ORDER BY store_id
