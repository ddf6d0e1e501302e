-- Stores of which something was silent in a stretch of time and is still, or of whose events some have not come yet.
SELECT alerts.store_id AS store_id, min(alerts.since) AS since
FROM (SELECT assumeNotNull(store_id) AS store_id, since, `until` FROM alerts FINAL
      WHERE kind = 'source_silent' AND isNotNull(store_id)) AS alerts
LEFT JOIN
(
    SELECT store_id, sum(sent - least(arrived, sent)) AS missing FROM completeness GROUP BY store_id
) AS owed ON owed.store_id = alerts.store_id
WHERE alerts.since < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
  AND (isNull(alerts.`until`) OR alerts.`until` > fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
  AND (isNull(alerts.`until`) OR owed.missing > 0)
GROUP BY store_id
ORDER BY store_id
