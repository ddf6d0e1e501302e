-- How well each line, and what scored, ranked payments whose verdict is known by now, by day; 60 days.
SELECT subject, version, day, window_days, payments, labelled, unlabelled_share, frauds, average_precision,
       average_precision_low, average_precision_high, card_precision, cards_per_day
FROM model_metrics FINAL
WHERE day >= {now:DateTime('UTC')} - INTERVAL 60 DAY
ORDER BY day DESC, subject
LIMIT 600
