-- Why: what each rule caught and cost. standing_verdicts is what counts of all labels of a payment, by the
-- same order as in the worker: of each source its last word, void if withdrawn; of these the one known last,
-- fraud where two became known at once. rule_hits has a row per payment and rule that hit it.
-- Writers: need not stop.
-- Undo: DROP VIEW rule_hits, then DROP VIEW standing_verdicts

CREATE VIEW IF NOT EXISTS standing_verdicts AS
SELECT event_id, argMax(last_word, (said_at, last_word = 'fraud')) AS verdict, max(said_at) AS known_at
FROM
(
    SELECT event_id, said_by,
           argMax(verdict, (known_at, indexOf(['genuine', 'fraud', 'withdrawn'], verdict))) AS last_word,
           max(known_at) AS said_at
    FROM labels
    GROUP BY event_id, said_by
)
WHERE last_word != 'withdrawn'
GROUP BY event_id;

CREATE VIEW IF NOT EXISTS rule_hits AS
SELECT rule, rule_set, event_id, occurred_at, status, decision, decided_by, reporting_minor, score, threshold,
       customer_id, card_id, terminal_id, store_id, nullIf(verdict, '') AS verdict
FROM
(
    SELECT arrayJoin(rules_hit) AS rule, rule_set, event_id, occurred_at, status, decision, decided_by,
           reporting_minor, score, threshold, customer_id, card_id, terminal_id, store_id
    FROM scores
    WHERE notEmpty(rules_hit)
) AS hits
LEFT JOIN standing_verdicts USING (event_id);
