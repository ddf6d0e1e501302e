-- Records that were refused in the last day and in the last ten minutes, by the worker's clock.
SELECT count() AS last_day,
       countIf(refused_at >= {wall:DateTime('UTC')} - INTERVAL 10 MINUTE) AS last_minutes,
       argMax(leftUTF8(reason, 120), refused_at) AS last_reason,
       argMax(origin_topic, refused_at) AS last_topic
FROM dead_letters FINAL
WHERE refused_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY
