-- The unanswered payments with the highest scores, by card (else customer, else the payment itself) and terminal: how
-- many of them, and the highest score.
SELECT card, terminal_id, count() AS payments,
       max(ifNull(score, 0)) AS highest
FROM (
    SELECT card, event_id, terminal_id, score
    FROM unanswered
    ORDER BY score DESC, event_id
    LIMIT {most:UInt32}
)
GROUP BY card, terminal_id
ORDER BY card, terminal_id
