-- The versions of the rules, the newest first: who published them, from when they hold, how many rules.
SELECT version, length(rules_name) AS rules, published_by, published_at, valid_from
FROM rules FINAL
ORDER BY version DESC
LIMIT 20
