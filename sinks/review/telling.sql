-- Unanswered payments at chosen terminals by card (as in risky.sql), of each terminal the cards that paid there most often.
-- Of many cards, one in so many is looked at.
SELECT card, terminal_id, count() AS payments,
       max(ifNull(score, 0)) AS highest
FROM unanswered
WHERE terminal_id IN {terminals:Array(String)}
  AND cityHash64(card) % {one_in:UInt32} = 0
GROUP BY card, terminal_id
ORDER BY payments DESC, card
LIMIT {each:UInt32} BY terminal_id
