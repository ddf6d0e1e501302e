-- Which features were named as reasons for the scores of the last 15 minutes, how often and with how much weight.
SELECT pair.1 AS feature, count() AS payments, avg(pair.2) AS contribution,
       (
           SELECT count()
           FROM scores
           WHERE scored_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE AND disposition = 'scored'
       ) AS scored
FROM scores
ARRAY JOIN arrayZip(reasons_feature, reasons_contribution) AS pair
WHERE scored_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE AND disposition = 'scored'
GROUP BY feature
ORDER BY payments DESC, feature
LIMIT 60
