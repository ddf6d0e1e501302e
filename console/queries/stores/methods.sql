-- How payments of one store were made within the range, and how many of them were declined.
SELECT payment_method AS method, sum(payment_parts.orders) AS orders, sum(payment_parts.declined) AS declined,
       sum(payment_parts.revenue_minor) AS revenue_minor
FROM payment_parts
WHERE store_id = {subject:String} AND minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')}
GROUP BY method
ORDER BY orders DESC, method
LIMIT 20
