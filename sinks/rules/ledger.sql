-- What each rule did to the payments of a stretch of time: payments hit and held, what was said of them, those let pass as a
-- control group (and the frauds' money among them), the weights that precision is made of, money caught (frauds that
-- did not pass so) and its cost (genuine payments that were held, and the customers behind them). Money in the
-- reporting currency's minor units. Only hits that somebody said something about are looked at one by one: they are found
-- by what was said, of which there is less than of hits. What stands of a payment is as in standing_verdicts.
WITH told AS
(
    SELECT rule, event_id, decision, decided_by, ifNull(reporting_minor, 0) AS money,
           coalesce(customer_id, card_id) AS payer,
           multiIf(isNull(control_rate), 1., decided_by = 'control', 1. / assumeNotNull(control_rate), 0.) AS stands_for
    FROM rule_hit_payments
    WHERE toStartOfHour(occurred_at) >= toStartOfHour({begin:DateTime('UTC')}) AND toStartOfHour(occurred_at) < {end:DateTime('UTC')}
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
      AND event_id IN
      (
          SELECT event_id
          FROM said_of_payments
          WHERE hour >= toStartOfHour({begin:DateTime('UTC')}) AND hour < {end:DateTime('UTC')}
      )
),
judged AS
(
    SELECT rule, countIf(fraud) AS frauds, countIf(NOT fraud) AS genuine,
           sumIf(money, fraud AND decided_by = 'control') AS passed_minor,
           sumIf(stands_for, fraud) AS fraud_weight, sum(stands_for) AS weight,
           sum(stands_for * stands_for) AS weight_squares,
           sumIf(money, fraud AND decided_by != 'control') AS caught_minor,
           sumIf(money, NOT fraud AND decision != 'approve') AS cost_minor,
           uniqExactIf(payer, NOT fraud AND decision != 'approve') AS bothered
    FROM
    (
        SELECT rule, decision, decided_by, money, payer, stands_for, max(word) % 4 = 2 AS fraud
        FROM
        (
            SELECT told.rule AS rule, event_id, told.decision AS decision, told.decided_by AS decided_by,
                   told.money AS money, told.payer AS payer, told.stands_for AS stands_for, said_by, max(last_word) AS word
            FROM said_of_payments
            INNER JOIN told USING (event_id)
            WHERE hour >= toStartOfHour({begin:DateTime('UTC')}) AND hour < {end:DateTime('UTC')}
            GROUP BY rule, event_id, decision, decided_by, money, payer, stands_for, said_by
        )
        WHERE word % 4 != 3
        GROUP BY rule, event_id, decision, decided_by, money, payer, stands_for
    )
    GROUP BY rule
),
counted AS
(
    SELECT rule, max(rule_set) AS last_version, count() AS hits, countIf(decision != 'approve') AS held,
           countIf(decided_by = 'control') AS passed, min(occurred_at) AS first_hit, max(occurred_at) AS last_hit
    FROM rule_hit_payments
    WHERE toStartOfHour(occurred_at) >= toStartOfHour({begin:DateTime('UTC')}) AND toStartOfHour(occurred_at) < {end:DateTime('UTC')}
      AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
    GROUP BY rule
)
SELECT rule, last_version, hits, held, frauds, genuine, passed, passed_minor, fraud_weight, weight,
       weight_squares, caught_minor, cost_minor, bothered, first_hit, last_hit
FROM counted
LEFT JOIN judged USING (rule)
ORDER BY caught_minor DESC, rule
