-- What one store took by step of the chart, within the range and within the one before.
SELECT minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS current,
       toUnixTimestamp(toStartOfInterval(minute, INTERVAL {step:UInt32} SECOND)) AS at,
       sum(payments_minute.revenue_minor) AS revenue_minor, sum(payments_minute.orders) AS orders,
       sum(authorised_minor) AS sales_minor, sum(payments_minute.declined) AS declined,
       sum(payments_minute.refunds) AS refunds, sum(payments_minute.refunded_minor) AS refunded_minor,
       sum(payments_minute.reviewed) AS reviewed, sum(payments_minute.reviewed_minor) AS reviewed_minor
FROM payments_minute
WHERE store_id = {subject:String}
  AND ((minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')})
       OR (minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')}))
GROUP BY current, at
ORDER BY current, at
