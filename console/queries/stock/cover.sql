-- How many articles last how long: counted ones by days of cover; rank 0 = sold out, 7 = no demand known.
WITH multiIf(level <= 0, 0, daily_demand <= 0, 7, level / daily_demand < 1, 1, level / daily_demand < 3, 2,
             level / daily_demand < 7, 3, level / daily_demand < 14, 4, level / daily_demand < 30, 5, 6) AS rank
SELECT rank, count() AS articles, sum(greatest(level, 0)) AS pieces
FROM stock_levels_now
WHERE isNotNull(counted_at) AND {store:String} IN ('', place_id)
GROUP BY rank
ORDER BY rank
