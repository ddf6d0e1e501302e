-- Whose cards scored highest in the last 15 minutes of the workers' clock: by their highest score.
SELECT ifNull(scores.customer_id, '') AS customer, ifNull(scores.card_id, '') AS card, count() AS payments,
       max(scores.score) AS highest, countIf(decision != 'approve') AS held,
       sum(ifNull(reporting_minor, 0)) AS money_minor, max(scores.occurred_at) AS last_at
FROM scores
WHERE scored_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE AND disposition = 'scored'
  AND (isNotNull(customer_id) OR isNotNull(card_id))
GROUP BY customer, card
ORDER BY highest DESC, customer, card
LIMIT 50
