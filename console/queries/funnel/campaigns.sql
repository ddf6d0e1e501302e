-- Clicks by campaign: pages viewed, checkouts begun and clicks on pay, within the range and the one before.
WITH minute >= {begin:DateTime('UTC')} AND minute < {end:DateTime('UTC')} AS now,
     minute >= {before_begin:DateTime('UTC')} AND minute < {before_end:DateTime('UTC')} AS before
SELECT click_parts.campaign AS campaign, sumIf(click_parts.views, now) AS views,
       sumIf(click_parts.checkouts, now) AS checkouts, sumIf(click_parts.pays, now) AS pays,
       sumIf(click_parts.errors, now) AS errors,
       sumIf(click_parts.views, before) AS usual_views, sumIf(click_parts.pays, before) AS usual_pays
FROM click_parts
WHERE (now OR before) AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
GROUP BY campaign
HAVING views > 0
ORDER BY views DESC, campaign
LIMIT 30
