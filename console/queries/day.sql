-- Ten minutes a row: today as far as it has come, and the same weekday last week as a whole. `finished`
-- parts the rows where the comparison ends; the two hours before midnight are there for the sparklines.
SELECT if(minute >= least({day_start:DateTime('UTC')}, {sparkline_start:DateTime('UTC')}),
          'today', 'last_week') AS period,
       toStartOfInterval(minute, INTERVAL 10 MINUTE) AS bucket,
       minute < if(period = 'today', {until:DateTime('UTC')}, {week_until:DateTime('UTC')}) AS finished,
       sum(payments_minute.orders) + sum(payments_minute.declined) AS payments,
       sum(payments_minute.orders) AS orders,
       sum(authorised_minor) AS sales_minor,
       sum(payments_minute.revenue_minor) AS revenue_minor,
       sum(payments_minute.declined) AS declined,
       sum(payments_minute.refunds) AS refunds,
       sum(payments_minute.refunded_minor) AS refunded_minor,
       sum(payments_minute.reviewed) AS reviewed,
       sum(payments_minute.reviewed_minor) AS reviewed_minor
FROM payments_minute
WHERE ((minute >= least({day_start:DateTime('UTC')}, {sparkline_start:DateTime('UTC')})
        AND minute <= {now:DateTime('UTC')})
       OR (minute >= least({week_start:DateTime('UTC')}, {week_sparkline_start:DateTime('UTC')})
           AND minute < {week_end:DateTime('UTC')}))
  AND (empty({stores:Array(String)}) OR store_id IN {stores:Array(String)})
  AND {channel:String} IN ('', channel)
GROUP BY period, bucket, finished
ORDER BY period, bucket, finished
