-- Why: what one customer did in the shop within days, beside the payments, on the page of an alert and of the customer. A
-- customer's clicks lie together, so which granules hold none of them is known at the cost of a few bits a click; when each
-- granule's clicks were says which the range does not touch.
-- Writers: need not stop.
-- Undo: ALTER TABLE … DROP INDEX of each

ALTER TABLE clicks ADD INDEX IF NOT EXISTS by_occurred_at occurred_at TYPE minmax GRANULARITY 1;

ALTER TABLE clicks ADD INDEX IF NOT EXISTS by_customer customer_id TYPE bloom_filter GRANULARITY 4;

ALTER TABLE stock_movements ADD INDEX IF NOT EXISTS by_occurred_at occurred_at TYPE minmax GRANULARITY 1;

ALTER TABLE clicks MATERIALIZE INDEX by_occurred_at;

ALTER TABLE clicks MATERIALIZE INDEX by_customer;

ALTER TABLE stock_movements MATERIALIZE INDEX by_occurred_at;
