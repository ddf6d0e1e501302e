-- Where the payments of a finding were made, what became of them, and which lists and rules hit them. Amount and score for those that are so
-- old that the finding no longer knows them.
SELECT event_id, store_id, status, channel, reporting_minor, score,
       arrayConcat(lists_hit, rules_hit) AS rules
FROM scores
WHERE event_id IN {event_ids:Array(UUID)}
  AND occurred_at >= {first:DateTime64(3, 'UTC')} AND occurred_at <= {last:DateTime64(3, 'UTC')}
  AND disposition IN ('scored', 'followed')
LIMIT 1 BY event_id
