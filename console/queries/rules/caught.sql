-- What each rule did within the range: payments hit and held, what labels say of them, the weights that precision is
-- made of, money caught, and what it cost in genuine payments. Money in the reporting currency's minor units.
SELECT rule, max(rule_hits.rule_set) AS last_version, count() AS hits, countIf(decision != 'approve') AS held,
       countIf(verdict = 'fraud') AS frauds, countIf(verdict = 'genuine') AS genuine,
       sumIf(weight, verdict = 'fraud') AS fraud_weight, sumIf(weight, isNotNull(verdict)) AS all_weight,
       sumIf(weight * weight, isNotNull(verdict)) AS weight_squares,
       sumIf(ifNull(reporting_minor, 0), verdict = 'fraud' AND decided_by != 'control') AS caught_minor,
       sumIf(ifNull(reporting_minor, 0), verdict = 'genuine' AND decision != 'approve') AS cost_minor,
       uniqExactIf(coalesce(customer_id, card_id), verdict = 'genuine' AND decision != 'approve') AS bothered,
       max(occurred_at) AS last_hit
FROM rule_hits
WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
GROUP BY rule
ORDER BY caught_minor DESC, rule
LIMIT 200
