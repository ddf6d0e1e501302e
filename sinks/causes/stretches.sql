-- What payments.sql, clicks.sql and goods.sql begin with: one stretch of time and earlier ones that read the same on the
-- wall, each with the hours before it. day = 0 for the first of `begins`, which are seconds since 1970. Stretches do not
-- overlap, so a minute is of one of them: looked up in a table of all their minutes, which is cheaper than a join and
-- than searching `begins` for each row.
WITH arrayFlatten(arrayMap(
         begin -> arrayMap(number -> toUInt32(begin + 60 * number), range({length:UInt32})), {begins:Array(UInt32)}
     )) AS minutes,
     arrayFlatten(arrayMap(
         day -> arrayMap(number -> toInt32(2 * day + (number < {before:UInt32})), range({length:UInt32})),
         range(length({begins:Array(UInt32)}))
     )) AS stretches
