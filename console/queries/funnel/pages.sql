-- The pages of the last 15 minutes: how many visits saw each, and how many ended there, that is saw nothing after it.
SELECT page, uniq(session_id) AS visits, countIf(last) AS ended, uniqIf(session_id, action = 'error') AS errors
FROM
(
    SELECT session_id, page, action,
           row_number() OVER (PARTITION BY session_id ORDER BY occurred_at DESC, seq DESC) = 1 AS last
    FROM clicks
    WHERE occurred_at >= {until:DateTime('UTC')} - INTERVAL 15 MINUTE AND occurred_at < {until:DateTime('UTC')}
      AND toStartOfHour(occurred_at) >= toStartOfHour({until:DateTime('UTC')} - INTERVAL 15 MINUTE)
      AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
)
GROUP BY page
ORDER BY visits DESC, page
LIMIT 30
