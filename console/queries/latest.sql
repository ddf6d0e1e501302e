-- The ten latest payments by arrival. Each row of scoring_second holds at least one score, so ten of them
-- reach back far enough, and the index on scored_at spares the rest of the table. Of a selection they would
-- reach too short, so there the last two hours of event time are looked through.
SELECT payment_id, toString(event_id) AS event_id, occurred_at, ifNull(received_at, scored_at) AS received_at,
       status, amount_minor, currency, channel, store_id, score, threshold,
       ifNull(decision, '') AS decision,
       reasons_feature AS reason_features, reasons_value AS reason_values,
       ifNull(model_version, '') AS model_version
FROM scores
WHERE disposition = 'scored'
  AND (notEmpty({stores:Array(String)}) OR {channel:String} != '' OR scored_at >=
  (
      SELECT min(second)
      FROM (SELECT second FROM scoring_second WHERE scores > 0 ORDER BY second DESC LIMIT 10)
  ))
  AND ((empty({stores:Array(String)}) AND {channel:String} = '')
       OR occurred_at >= {sparkline_start:DateTime('UTC')})
  AND (empty({stores:Array(String)}) OR store_id IN {stores:Array(String)})
  AND {channel:String} IN ('', channel)
ORDER BY scores.received_at DESC, origin_offset DESC
LIMIT 10
