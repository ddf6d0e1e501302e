-- Names, channels, regions of the stores.
SELECT store_id, name, channel, region, time_zone
FROM stores FINAL
ORDER BY store_id
