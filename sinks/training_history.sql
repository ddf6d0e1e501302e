-- Payments with a verdict, each with its features as it was scored and how many payments it stands for. EXCLUDED stands
-- for the conditions of a rewind, whose values are parameters.
SELECT scored.as_scored AS features, said.stands = 'fraud' AS fraud,
    multiIf(fraud OR scored.stands_for <= 1, scored.stands_for, scored.stands_for * {share:Float64}) AS weight
FROM
(
    SELECT event_id, any(features) AS as_scored, any(occurred_at) AS paid_at,
        any(control_rate) AS rate,
        multiIf(isNull(rate), 1., any(decided_by) = 'control', 1. / assumeNotNull(rate), 0.) AS stands_for
    FROM scores
    WHERE disposition = 'scored' AND feature_set = {feature_set:String}
        AND toStartOfHour(occurred_at) >= toStartOfHour({since:DateTime64(3)})
        AND occurred_at >= {since:DateTime64(3)} AND occurred_at < {until:DateTime64(3)}
        AND occurred_at >= (
            SELECT min(occurred_at) FROM scores WHERE disposition = 'scored'
        ) + toIntervalDay({warm_up:UInt16})
    GROUP BY event_id
) AS scored
INNER JOIN
(
    SELECT event_id, argMax(verdict, known_at) AS stands
    FROM labels
    WHERE known_at <= {known_to:DateTime64(3)} AND known_at >= {since:DateTime64(3)}
        AND known_at >= occurred_at
        EXCLUDED
    GROUP BY event_id
    HAVING stands != 'withdrawn'
) AS said ON said.event_id = scored.event_id
WHERE scored.stands_for > 0
    AND (fraud OR scored.stands_for > 1 OR cityHash64(scored.event_id) % {of:UInt32} < {sampled:UInt32})
ORDER BY scored.paid_at, scored.event_id
