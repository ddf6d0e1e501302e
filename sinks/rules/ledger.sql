-- What each rule did since a moment: payments hit and held, what labels say of them, those let pass as a control
-- group (and the frauds' money among them), the weights that precision is made of, money caught (frauds that did
-- not pass so) and its cost (genuine payments that were held, and the customers behind them). Money in the
-- reporting currency's minor units.
SELECT rule, max(rule_set) AS last_version, count() AS hits, countIf(decision != 'approve') AS held,
       countIf(verdict = 'fraud') AS frauds, countIf(verdict = 'genuine') AS genuine,
       countIf(decided_by = 'control') AS passed,
       sumIf(ifNull(reporting_minor, 0), verdict = 'fraud' AND decided_by = 'control') AS passed_minor,
       sumIf(weight, verdict = 'fraud') AS fraud_weight, sumIf(weight, isNotNull(verdict)) AS all_weight,
       sumIf(weight * weight, isNotNull(verdict)) AS weight_squares,
       sumIf(ifNull(reporting_minor, 0), verdict = 'fraud' AND decided_by != 'control') AS caught_minor,
       sumIf(ifNull(reporting_minor, 0), verdict = 'genuine' AND decision != 'approve') AS cost_minor,
       uniqExactIf(coalesce(customer_id, card_id), verdict = 'genuine' AND decision != 'approve') AS bothered,
       min(occurred_at) AS first_hit, max(occurred_at) AS last_hit
FROM rule_hits
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
GROUP BY rule
ORDER BY caught_minor DESC, rule
