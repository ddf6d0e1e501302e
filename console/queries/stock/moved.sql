-- Pieces moved within the range by step of the chart and kind.
SELECT toUnixTimestamp(toStartOfInterval(minute, INTERVAL {step:UInt32} SECOND)) AS at, kind,
       sum(stock_minute.pieces) AS pieces, sum(stock_minute.movements) AS movements
FROM stock_minute
WHERE minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AND {store:String} IN ('', place_id)
GROUP BY at, kind
ORDER BY at, kind
