-- What each rule did within the range: payments hit and held, what labels say of them, the weights that precision is
-- made of, money caught, and what it cost in genuine payments. Money in the reporting currency's minor units. Hits are read
-- once, and of labels those that became known since the range began, about payments made within it: an earlier one cannot be
-- about one of these. What stands of several labels is as in standing_verdicts.
WITH said AS
(
    SELECT event_id, argMax(last_word, (said_at, last_word = 'fraud')) AS verdict
    FROM
    (
        SELECT event_id, said_by,
               argMax(verdict, (known_at, indexOf(['genuine', 'fraud', 'withdrawn'], verdict))) AS last_word,
               max(known_at) AS said_at
        FROM labels
        WHERE toStartOfHour(known_at) >= toStartOfHour({begin:DateTime('UTC')})
          AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
        GROUP BY event_id, said_by
    )
    WHERE last_word != 'withdrawn'
    GROUP BY event_id
)
SELECT rule, max(rule_set) AS last_version, count() AS hits, countIf(decision != 'approve') AS held,
       countIf(verdict = 'fraud') AS frauds, countIf(verdict = 'genuine') AS genuine,
       sumIf(weight, verdict = 'fraud') AS fraud_weight, sumIf(weight, verdict != '') AS all_weight,
       sumIf(weight * weight, verdict != '') AS weight_squares,
       sumIf(money, verdict = 'fraud' AND decided_by != 'control') AS caught_minor,
       sumIf(money, verdict = 'genuine' AND decision != 'approve') AS cost_minor,
       uniqExactIf(payer, verdict = 'genuine' AND decision != 'approve') AS bothered,
       max(occurred_at) AS last_hit
FROM
(
    SELECT rule, rule_set, decision, decided_by, verdict, occurred_at, ifNull(reporting_minor, 0) AS money,
           coalesce(customer_id, card_id) AS payer,
           multiIf(isNull(control_rate), 1., decided_by = 'control', 1. / assumeNotNull(control_rate), 0.) AS weight
    FROM rule_hit_payments
    LEFT JOIN said USING (event_id)
    WHERE toStartOfHour(occurred_at) >= toStartOfHour({begin:DateTime('UTC')})
      AND toStartOfHour(occurred_at) <= {end:DateTime('UTC')}
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
)
GROUP BY rule
ORDER BY caught_minor DESC, rule
LIMIT 200
