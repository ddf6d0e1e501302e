-- Unanswered payments by card (else customer, else the payment itself) and terminal: how many, and the highest score.
SELECT card, terminal_id, count() AS payments, max(ifNull(score, 0)) AS highest
FROM unanswered
GROUP BY card, terminal_id
ORDER BY card, terminal_id
