-- Payments of 400 tills in 40 stores, evenly over the days; two of the stores are the web shop and the app. Features
-- are left out: no page reads them.
INSERT INTO scores
    (origin_generation, origin_topic, origin_partition, origin_offset, disposition, scored_at, received_at, event_id,
     source, payment_id, occurred_at, status, amount_minor, currency, reporting_minor, channel, payment_method,
     customer_id, card_id, terminal_id, store_id, device, bin_country, decline_reason, score, threshold, decision,
     goods_category, goods_pieces, goods_minor, reasons_feature, reasons_value, reasons_contribution, feature_set, model_version, rules_hit, schema_version,
     kafka_partition, kafka_offset, appended_at)
WITH cityHash64(number) AS drawn,
     cityHash64(number, 1) AS again,
     drawn % 400 AS terminal,
     terminal % 40 AS store,
     fromUnixTimestamp64Milli(
         toInt64({end:UInt32}) * 1000 - toInt64(({rows:UInt64} - number) * ({days:UInt32} * 86400000 / {rows:UInt64})),
         'UTC') AS moment,
     multiIf(again % 100 < 93, 'authorised', again % 100 < 98, 'declined', 'refunded') AS became,
     intDiv(again, 100) % 300000 AS customer,
     pow(intDiv(drawn, 400) % 1000000 / 1000000, 8) AS suspicion,
     99 + intDiv(again, 7) % 9000 AS amount
SELECT 'benchmark:0', 'transactions', number % 8, intDiv(number, 8), if(became = 'refunded', 'followed', 'scored'),
       moment + INTERVAL 30 MILLISECOND, moment, generateUUIDv4(), concat('till-', toString(terminal)),
       concat('payment-', toString(number)), moment, became, amount, 'EUR', amount,
       multiIf(store = 0, 'web', store = 1, 'app', 'pos'), ['card', 'card', 'card', 'cash', 'wallet'][1 + again % 5],
       concat('customer-', toString(customer)), concat('token-', toString(customer)),
       concat('terminal-', toString(terminal)), concat('store-', toString(store)),
       if(store < 2, ['desktop', 'ios', 'android', 'tablet', 'other'][1 + drawn % 5], NULL),
       ['DE', 'DE', 'DE', 'AT', 'CH', 'FR', 'NL', 'PL'][1 + intDiv(drawn, 3) % 8],
       if(became = 'declined', ['insufficient_funds', 'do_not_honour', 'expired_card'][1 + drawn % 3], NULL),
       suspicion, .98, if(suspicion >= .98, 'review', 'approve'),
       [['shirts', 'jackets', 'shoes', 'sport', 'home'][1 + intDiv(drawn, 5) % 5]], [1], [amount], ['amount_ratio', 'terminal_frauds', 'hour'], [3.2, 1., 22.], [1.8, .9, .2], 'features-35', 'model-1',
       if(drawn % 50 = 0, ['foreign_card'], []), 1, number % 8, intDiv(number, 8), moment + INTERVAL 35 MILLISECOND
FROM numbers({first:UInt64}, {count:UInt64})
