-- Records that were refused in the last day and hold what is looked for, the newest first: why, and where they stand.
SELECT refused_at, origin_topic AS topic, origin_partition AS part, origin_offset AS at_offset, kind,
       leftUTF8(dead_letters.reason, 400) AS reason, payload_bytes
FROM dead_letters FINAL
WHERE refused_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY
  AND ({source:String} = '' OR position(payload, {source:String}) > 0)
  AND ({id:String} = '' OR position(payload, {id:String}) > 0)
ORDER BY refused_at DESC, topic, part, at_offset
LIMIT 30
