-- What each rule did within the range: payments hit and held, what labels say of them, the weights that precision is
-- made of, money caught, and what it cost in genuine payments. Money in the reporting currency's minor units. Only hits
-- that somebody said something about are looked at one by one, as in the rules' ledger.
WITH hits AS
(
    SELECT *
    FROM rule_hit_payments
    WHERE toStartOfHour(occurred_at) >= toStartOfHour({begin:DateTime('UTC')})
      AND toStartOfHour(occurred_at) <= {end:DateTime('UTC')}
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
),
said AS
(
    SELECT event_id, argMax(last_word, (said_at, last_word = 'fraud')) AS verdict
    FROM
    (
        SELECT event_id, said_by,
               argMax(verdict, (known_at, indexOf(['genuine', 'fraud', 'withdrawn'], verdict))) AS last_word,
               max(known_at) AS said_at
        FROM labels
        WHERE event_id IN (SELECT event_id FROM hits)
        GROUP BY event_id, said_by
    )
    WHERE last_word != 'withdrawn'
    GROUP BY event_id
),
judged AS
(
    SELECT rule, countIf(verdict = 'fraud') AS frauds, countIf(verdict = 'genuine') AS genuine,
           sumIf(weight, verdict = 'fraud') AS fraud_weight, sum(weight) AS all_weight,
           sum(weight * weight) AS weight_squares,
           sumIf(money, verdict = 'fraud' AND decided_by != 'control') AS caught_minor,
           sumIf(money, verdict = 'genuine' AND decision != 'approve') AS cost_minor,
           uniqExactIf(payer, verdict = 'genuine' AND decision != 'approve') AS bothered
    FROM
    (
        SELECT rule, decision, decided_by, verdict, ifNull(reporting_minor, 0) AS money,
               coalesce(customer_id, card_id) AS payer,
               multiIf(isNull(control_rate), 1., decided_by = 'control', 1. / assumeNotNull(control_rate), 0.) AS weight
        FROM hits
        INNER JOIN said USING (event_id)
    )
    GROUP BY rule
),
counted AS
(
    SELECT rule, max(hits.rule_set) AS last_version, count() AS hits, countIf(decision != 'approve') AS held,
           max(occurred_at) AS last_hit
    FROM hits
    GROUP BY rule
)
SELECT rule, last_version, hits, held, frauds, genuine, fraud_weight, all_weight, weight_squares, caught_minor,
       cost_minor, bothered, last_hit
FROM counted
LEFT JOIN judged USING (rule)
ORDER BY caught_minor DESC, rule
LIMIT 200
