-- The newest models with what each learnt from, the newest first.
SELECT version, models.line AS line, kind, feature_set, length(models.features) AS features, valid_from, learnt_from,
       learnt_to, labels, frauds, threshold, alerts_per_day, ifNull(models.parent, '') AS parent
FROM models FINAL
ORDER BY valid_from DESC, version DESC
LIMIT 30
