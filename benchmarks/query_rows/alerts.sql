-- Findings, most of them over: two thirds about payments, the rest about a store's figures or its silence.
INSERT INTO alerts
    (alert_id, kind, severity, entity_type, entity, store_id, sentence, reasons_text, reasons_value, reasons_usual,
     reasons_unit, reasons_weight, `count`, money_at_risk_minor, since, noticed_at, last_at, `until`, watched_series,
     watched_store_id, watched_channel, payments_event_id, payments_payment_id, payments_customer_id,
     payments_terminal_id, payments_occurred_at, payments_amount_minor, payments_score, detector, detected_at,
     updated_at, origin_generation, origin_topic, origin_partition, origin_offset, schema_version, kafka_partition,
     kafka_offset, received_at)
WITH fromUnixTimestamp64Milli(
         toInt64({end:UInt32}) * 1000 - toInt64(({rows:UInt64} - number) * ({days:UInt32} * 86400000 / {rows:UInt64})),
         'UTC') AS moment,
     number % 3 != 0 AS of_payments,
     concat('store-', toString(number % 40)) AS store
SELECT lower(hex(cityHash64(number))), multiIf(of_payments, 'payment_fraud', number % 2 = 0, 'sales_fallen', 'source_silent'),
       if(number % 5 = 0, 'now', 'soon'), if(of_payments, 'card', 'store'), store, store,
       'Something happened that is not usual here. It began some minutes ago.', ['sales'], [12.], [30.], ['EUR'], [1.],
       3, 12000, moment, moment, moment, if({rows:UInt64} - number <= 60, NULL, moment + INTERVAL 30 MINUTE),
       if(of_payments, NULL, 'revenue'), if(of_payments, NULL, store), if(of_payments, NULL, ''),
       if(of_payments, [generateUUIDv4(number)], []), if(of_payments, ['payment-1'], []),
       if(of_payments, ['customer-1'], []), if(of_payments, ['terminal-1'], []), if(of_payments, [moment], []),
       if(of_payments, [4000], []), if(of_payments, [.99], []), 'benchmark', moment, moment, 'benchmark:0', 'scores',
       0, number, 1, 0, number, moment
FROM numbers({first:UInt64}, {count:UInt64})
