-- What each rule did since the beginning of an hour: payments hit and held, what labels say of them, those let pass as a
-- control group (and the frauds' money among them), the weights that precision is made of, money caught (frauds that
-- did not pass so) and its cost (genuine payments that were held, and the customers behind them). Money in the
-- reporting currency's minor units. What is hit is counted by hours; only hits that somebody said something about are
-- looked at one by one: they are found by what was said, of which there is less than of hits. What stands of several labels
-- is as in standing_verdicts.
WITH toStartOfHour(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AS begin,
told AS
(
    SELECT rule, event_id, decision, decided_by, ifNull(reporting_minor, 0) AS money,
           coalesce(customer_id, card_id) AS payer,
           multiIf(isNull(control_rate), 1., decided_by = 'control', 1. / assumeNotNull(control_rate), 0.) AS weight
    FROM rule_hit_payments
    WHERE toStartOfHour(occurred_at) >= begin
      AND event_id IN (SELECT event_id FROM labels WHERE toStartOfHour(known_at) >= begin)
),
judged AS
(
    SELECT rule, countIf(verdict = 'fraud') AS frauds, countIf(verdict = 'genuine') AS genuine,
           sumIf(money, verdict = 'fraud' AND decided_by = 'control') AS passed_minor,
           sumIf(weight, verdict = 'fraud') AS fraud_weight, sum(weight) AS all_weight,
           sum(weight * weight) AS weight_squares,
           sumIf(money, verdict = 'fraud' AND decided_by != 'control') AS caught_minor,
           sumIf(money, verdict = 'genuine' AND decision != 'approve') AS cost_minor,
           uniqExactIf(payer, verdict = 'genuine' AND decision != 'approve') AS bothered
    FROM
    (
        SELECT rule, decision, decided_by, money, payer, weight,
               argMax(last_word, (said_at, last_word = 'fraud')) AS verdict
        FROM
        (
            SELECT told.rule AS rule, event_id, told.decision AS decision, told.decided_by AS decided_by,
                   told.money AS money, told.payer AS payer, told.weight AS weight, said_by,
                   argMax(verdict, (known_at, indexOf(['genuine', 'fraud', 'withdrawn'], verdict))) AS last_word,
                   max(known_at) AS said_at
            FROM labels
            INNER JOIN told USING (event_id)
            WHERE toStartOfHour(known_at) >= begin
            GROUP BY rule, event_id, decision, decided_by, money, payer, weight, said_by
        )
        WHERE last_word != 'withdrawn'
        GROUP BY rule, event_id, decision, decided_by, money, payer, weight
    )
    GROUP BY rule
),
counted AS
(
    SELECT rule, max(rule_set) AS last_version, count() AS hits, countIf(decision != 'approve') AS held,
           countIf(decided_by = 'control') AS passed, min(occurred_at) AS first_hit, max(occurred_at) AS last_hit
    FROM rule_hit_payments
    WHERE toStartOfHour(occurred_at) >= begin
    GROUP BY rule
)
SELECT rule, last_version, hits, held, frauds, genuine, passed, passed_minor, fraud_weight, all_weight,
       weight_squares, caught_minor, cost_minor, bothered, first_hit, last_hit
FROM counted
LEFT JOIN judged USING (rule)
ORDER BY caught_minor DESC, rule
