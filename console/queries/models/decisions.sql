-- Who decided which model scores, from when, and why; the newest first.
SELECT action, ifNull(promotions.version, '') AS version, ifNull(promotions.line, '') AS line, valid_from, by, who, reason
FROM promotions FINAL
ORDER BY valid_from DESC, at DESC, action, version
LIMIT 30
