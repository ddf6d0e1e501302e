-- The newest payments of a source, id or all, of the last 15 minutes of the workers' clock: scored, repeated or refused.
SELECT toString(scores.origin_partition) AS part, scores.origin_offset AS at_offset, scores.scored_at AS scored_at,
       scores.received_at AS received_at, disposition, source, payment_id, status, occurred_at, amount_minor, currency,
       store_id, terminal_id, score, ifNull(decision, '') AS decision
FROM scores
WHERE scored_at >= {wall:DateTime('UTC')} - INTERVAL 15 MINUTE
  AND {source:String} IN ('', source)
  AND ({id:String} = '' OR {id:String} IN (payment_id, terminal_id, ifNull(customer_id, ''), ifNull(card_id, ''),
                                           toString(event_id)))
ORDER BY scored_at DESC, at_offset DESC
LIMIT 50
