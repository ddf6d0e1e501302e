-- What each store took within the range, and within the range before; NULL where it had no payment then.
WITH minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS now,
     minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')} AS before
SELECT store_id AS store,
       sumIf(payments_minute.revenue_minor, now) AS revenue_minor,
       sumIf(payments_minute.orders, now) AS orders,
       sumIf(authorised_minor, now) AS sales_minor,
       sumIf(payments_minute.declined, now) AS declined,
       sumIf(payments_minute.refunds, now) AS refunds,
       sumIf(payments_minute.reviewed, now) AS reviewed,
       if(countIf(before) = 0, NULL, sumIf(payments_minute.revenue_minor, before)) AS before_minor,
       if(countIf(before) = 0, NULL, sumIf(payments_minute.orders, before)) AS before_orders
FROM payments_minute
WHERE (now OR before) AND {channel:String} IN ('', channel)
  AND ({region:String} = '' OR store_id IN (SELECT store_id FROM stores FINAL WHERE region = {region:String}))
GROUP BY store
ORDER BY revenue_minor DESC, store
LIMIT 1000
