-- Unanswered payments at chosen terminals by card (as in risky.sql), of each terminal the cards that paid there most often.
-- Of many cards, one in so many is looked at: those whose hash, by which they lie, is small.
SELECT card, terminal_id, count() AS payments,
       max(ifNull(score, 0)) AS highest
FROM unanswered
WHERE terminal_id IN {terminals:Array(String)}
  AND cityHash64(card) <= intDiv(18446744073709551615, {one_in:UInt32})
GROUP BY card, terminal_id
ORDER BY payments DESC, card
LIMIT {each:UInt32} BY terminal_id
