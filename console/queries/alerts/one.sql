-- One finding with everything about it.
SELECT alert_id, kind, severity, entity_type, entity, store_id, sentence,
       reasons_text, reasons_value, reasons_usual, reasons_unit, reasons_weight,
       alerts.count AS events, money_at_risk_minor, per_hour_minor, since, noticed_at, last_at, `until`,
       completeness, watched_series, watched_store_id, watched_channel, watched_category,
       payments_event_id, payments_payment_id, payments_customer_id, payments_terminal_id, payments_occurred_at,
       payments_amount_minor, payments_score,
       counterfactual_event_id, counterfactual_passes_minor, counterfactual_held,
       answer_id, answer_verdict, answer_by, answer_at, effect, detector, model_version, detected_at,
       updated_at, origin_generation, origin_topic, origin_partition, origin_offset
FROM alerts FINAL
WHERE alert_id = {alert_id:String}
