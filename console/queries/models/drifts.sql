-- Figures that models rest on which changed their level in 28 days, the newest first.
SELECT figure, segment, found_at, usual, now, shift, payments
FROM drifts FINAL
WHERE found_at >= {now:DateTime('UTC')} - INTERVAL 28 DAY
ORDER BY found_at DESC, figure, segment
LIMIT 50
