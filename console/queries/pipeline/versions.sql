-- Which models, features and rules scored the payments of the last 15 minutes of the workers' clock.
SELECT ifNull(scores.model_version, '') AS model, ifNull(scores.feature_set, '') AS features,
       toInt64(ifNull(scores.rule_set, 0)) AS rules, count() AS payments,
       min(scores.scored_at) AS first_at, max(scores.scored_at) AS last_at
FROM scores
WHERE scored_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE AND disposition = 'scored'
GROUP BY model, features, rules
ORDER BY last_at DESC, payments DESC, model
LIMIT 20
