-- Why: the payments of a customer or a card, and the newest events of a source, without a look at the whole table. An index
-- by projection keeps the key and where each row is, and comes and goes with the rows of a part; so does the number of
-- payments of each terminal and day, which the review list asks for.
-- Writers: need not stop.
-- Undo: ALTER TABLE … DROP PROJECTION, DROP INDEX of each

ALTER TABLE scores ADD PROJECTION IF NOT EXISTS by_customer (SELECT _part_offset ORDER BY customer_id);

ALTER TABLE scores ADD PROJECTION IF NOT EXISTS by_card (SELECT _part_offset ORDER BY card_id);

ALTER TABLE scores ADD PROJECTION IF NOT EXISTS terminal_days
(
    SELECT toStartOfDay(occurred_at), terminal_id, disposition, count()
    GROUP BY toStartOfDay(occurred_at), terminal_id, disposition
);

ALTER TABLE labels ADD PROJECTION IF NOT EXISTS terminal_days
(
    SELECT toStartOfDay(occurred_at), terminal_id, verdict, uniqExact(event_id), max(occurred_at)
    GROUP BY toStartOfDay(occurred_at), terminal_id, verdict
);

ALTER TABLE transactions ADD INDEX IF NOT EXISTS by_received_at received_at TYPE minmax GRANULARITY 1;

ALTER TABLE clicks ADD INDEX IF NOT EXISTS by_received_at received_at TYPE minmax GRANULARITY 1;

ALTER TABLE stock_movements ADD INDEX IF NOT EXISTS by_received_at received_at TYPE minmax GRANULARITY 1;

ALTER TABLE scores MATERIALIZE PROJECTION by_customer;

ALTER TABLE scores MATERIALIZE PROJECTION by_card;

ALTER TABLE scores MATERIALIZE PROJECTION terminal_days;

ALTER TABLE labels MATERIALIZE PROJECTION terminal_days;

ALTER TABLE transactions MATERIALIZE INDEX by_received_at;

ALTER TABLE clicks MATERIALIZE INDEX by_received_at;

ALTER TABLE stock_movements MATERIALIZE INDEX by_received_at;
