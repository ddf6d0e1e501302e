-- The pages of a range: how many visits saw each, and how many ended there, that is saw nothing after it within the range.
-- Whole hours are read by the hour, what is left at its ends by the minute.
WITH {begin:DateTime('UTC')} AS first, {end:DateTime('UTC')} AS last
SELECT seen.page AS page, seen.visits AS visits, ends.ended AS ended, seen.errors AS errors
FROM
(
    SELECT page, uniqMerge(sessions) AS visits, uniqMerge(failing) AS errors
    FROM
    (
        SELECT page, sessions, failing
        FROM click_pages_hour
        WHERE hour >= first AND hour <= last - INTERVAL 1 HOUR
          AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
        UNION ALL
        SELECT page, sessions, failing
        FROM click_pages_minute
        WHERE minute >= first AND minute < last
          AND (toStartOfHour(minute) < first OR toStartOfHour(minute) > last - INTERVAL 1 HOUR)
          AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
    )
    GROUP BY page
    ORDER BY visits DESC, page
    LIMIT 30
) AS seen
LEFT JOIN
(
    SELECT page, count() AS ended
    FROM
    (
        SELECT argMaxMerge(last_page) AS page
        FROM visit_ends
        WHERE minute >= first AND minute < last
          AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
        GROUP BY visit
    )
    GROUP BY page
) AS ends ON ends.page = seen.page
ORDER BY visits DESC, page
