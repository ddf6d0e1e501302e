-- Where the payments of a finding were made, and what became of them.
SELECT event_id, store_id, status, channel
FROM scores
WHERE event_id IN {event_ids:Array(UUID)}
  AND occurred_at >= {first:DateTime64(3, 'UTC')} AND occurred_at <= {last:DateTime64(3, 'UTC')}
  AND disposition IN ('scored', 'followed')
LIMIT 1 BY event_id
