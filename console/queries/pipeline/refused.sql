-- Why records were refused within the range, the newest reason first, with where the last such record stands.
SELECT origin_topic AS topic, kind, leftUTF8(dead_letters.reason, 200) AS reason, count() AS records,
       max(refused_at) AS last_at,
       argMax(origin_partition, refused_at) AS last_partition,
       argMax(origin_offset, refused_at) AS last_offset
FROM dead_letters FINAL
WHERE refused_at >= {begin:DateTime('UTC')} AND refused_at < {end:DateTime('UTC')}
GROUP BY topic, kind, reason
ORDER BY last_at DESC, topic, reason
LIMIT 50
