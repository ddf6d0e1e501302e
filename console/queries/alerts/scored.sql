-- What one payment was judged by: the values of its features, which of them were reasons, and the event as it arrived (of
-- several copies the first). Read by the moment of the payment, so one hour of each table at most.
SELECT ifNull(scores.feature_set, '') AS feature_set, features, reasons_feature, reasons_contribution,
       ifNull(scores.model_version, '') AS model_version, score, threshold, event
FROM scores
LEFT JOIN
(
    SELECT event_id, argMin(formatRowNoNewline('JSONEachRow', * EXCEPT (kafka_partition, kafka_offset)), kafka_offset) AS event
    FROM transactions
    WHERE event_id = {event_id:UUID} AND occurred_at = {occurred_at:DateTime64(3, 'UTC')}
    GROUP BY event_id
) AS arrived ON arrived.event_id = scores.event_id
WHERE scores.event_id = {event_id:UUID} AND occurred_at = {occurred_at:DateTime64(3, 'UTC')} AND disposition = 'scored'
LIMIT 1
