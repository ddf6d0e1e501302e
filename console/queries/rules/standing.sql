-- The rules of the newest version: what each says and who answers for it.
SELECT version, name, condition, action, severity, owner, why, expires_at, published_by, published_at
FROM
(
    SELECT version, rules_name, rules_when, rules_action, rules_severity, rules_owner, rules_why, rules_expires_at,
           published_by, published_at
    FROM rules FINAL
    ORDER BY version DESC
    LIMIT 1
)
ARRAY JOIN rules_name AS name, rules_when AS condition, rules_action AS action, rules_severity AS severity,
           rules_owner AS owner, rules_why AS why, rules_expires_at AS expires_at
ORDER BY name
