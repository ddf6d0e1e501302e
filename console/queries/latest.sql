-- The ten latest payments by arrival. Each row of scoring_second holds at least one score, so ten of them
-- reach back far enough, and the index on scored_at spares the rest of the table. Of a selection they would
-- reach too short, so there the last two hours of event time are looked through.
-- What a source sends that has hardly sent anything yet stays on top for a minute: whoever has just connected
-- one looks for it, and in a busy chain ten payments go by in a second.
WITH scored_at >= {wall:DateTime('UTC')} - INTERVAL 1 MINUTE AND source NOT IN
     (
         SELECT source FROM arrivals WHERE topic = 'transactions' GROUP BY source HAVING max(highest_seq) >= 20
     ) AS is_new_source
SELECT payment_id, toString(event_id) AS event_id, occurred_at, ifNull(received_at, scored_at) AS received_at,
       status, amount_minor, currency, channel, store_id, score, threshold,
       ifNull(decision, '') AS decision,
       reasons_feature AS reason_features, reasons_value AS reason_values,
       ifNull(model_version, '') AS model_version
FROM scores
WHERE disposition = 'scored'
  AND (is_new_source OR notEmpty({stores:Array(String)}) OR {channel:String} != '' OR scored_at >=
  (
      SELECT min(second)
      FROM (SELECT second FROM scoring_second WHERE scores > 0 ORDER BY second DESC LIMIT 10)
  ))
  AND ((empty({stores:Array(String)}) AND {channel:String} = '')
       OR occurred_at >= {sparkline_start:DateTime('UTC')})
  AND (empty({stores:Array(String)}) OR store_id IN {stores:Array(String)})
  AND {channel:String} IN ('', channel)
ORDER BY is_new_source DESC, scores.received_at DESC, origin_offset DESC
LIMIT 10
