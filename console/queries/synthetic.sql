-- When a synthetic payment last came through to the judge's answer, and how long it took: of the last day.
SELECT answered_at AS last_at,
       greatest(0, dateDiff('millisecond', synthetic_answers.received_at, synthetic_answers.scored_at)) AS score_ms,
       greatest(0, dateDiff('millisecond', synthetic_answers.received_at, answered_at)) AS answer_ms
FROM synthetic_answers
WHERE answered_at >= {wall:DateTime('UTC')} - INTERVAL 1 DAY
ORDER BY answered_at DESC
LIMIT 1
