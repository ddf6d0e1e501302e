-- What analysts said an hour later of one payment in a thousand, and banks ten days later of one in a hundred.
INSERT INTO labels
    (event_id, customer_id, card_id, terminal_id, occurred_at, known_at, verdict, said_by, schema_version, kafka_partition,
     kafka_offset, received_at)
WITH cityHash64(payment_id) AS drawn,
     if(drawn % 1000 = 0, occurred_at + INTERVAL 1 HOUR, occurred_at + INTERVAL 10 DAY) AS moment
SELECT event_id, customer_id, card_id, terminal_id, occurred_at, moment, if(drawn % 3000 = 0, 'fraud', 'genuine'),
       if(drawn % 1000 = 0, 'analyst', 'chargeback'), 1, 0, origin_offset, moment
FROM scores
WHERE cityHash64(payment_id) % 100 = 0 AND moment <= toDateTime64({end:UInt32}, 3, 'UTC')
