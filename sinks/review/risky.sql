-- The unanswered payments with the highest scores, by card (else customer, else the payment itself) and terminal: how
-- many of them, and the highest score. They lie by day and score, so of each of the two days no more than the highest are
-- read.
SELECT card, terminal_id, count() AS payments,
       max(ifNull(score, 0)) AS highest
FROM (
    SELECT card, event_id, terminal_id, score
    FROM (
        SELECT card, event_id, terminal_id, score
        FROM unanswered
        WHERE toStartOfDay(occurred_at) = toStartOfDay(first)
        ORDER BY -ifNull(score, 0), event_id
        LIMIT {most:UInt32}
        UNION ALL
        SELECT card, event_id, terminal_id, score
        FROM unanswered
        WHERE toStartOfDay(occurred_at) = toStartOfDay(last)
        ORDER BY -ifNull(score, 0), event_id
        LIMIT {most:UInt32}
    )
    ORDER BY -ifNull(score, 0), event_id
    LIMIT {most:UInt32}
)
GROUP BY card, terminal_id
ORDER BY card, terminal_id
