-- Who was shown whose an alert is in the last 30 days, and why, the newest first; the alert may be gone.
SELECT toString(action_id) AS action_id, unmasked.alert_id AS alert_id, by, at, text AS reason,
       if(entity_type = 'payment', ifNull(arrayFirst(one -> isNotNull(one), payments_customer_id), ''), entity) AS whose
FROM
(
    SELECT action_id, alert_id, by, at, text
    FROM alert_actions FINAL
    WHERE action = 'unmask' AND at >= {now:DateTime('UTC')} - INTERVAL 30 DAY
    ORDER BY at DESC, action_id
    LIMIT 200
) AS unmasked
LEFT JOIN (SELECT alert_id, entity_type, entity, payments_customer_id FROM alerts FINAL) AS named
    ON unmasked.alert_id = named.alert_id
ORDER BY at DESC, action_id
