-- Why: four questions of the console choose the newest level of each article. Levels are nearly always of one
-- generation, where FINAL alone has it; only where a topic was made anew is one chosen by when it was received, which
-- costs as much again.
-- Writers: need not stop.
-- Undo: CREATE OR REPLACE VIEW stock_levels_now as in 0009

CREATE OR REPLACE VIEW stock_levels_now AS
SELECT place_id, sku, level, counted_at, as_of, daily_demand, days_of_cover, sold_last_hour, sales_last_hour,
       last_receipt_at, count_difference
FROM stock_levels FINAL
WHERE (SELECT min(origin_generation) = max(origin_generation) FROM stock_levels)
UNION ALL
SELECT place_id, sku, level, counted_at, as_of, daily_demand, days_of_cover, sold_last_hour, sales_last_hour,
       last_receipt_at, count_difference
FROM
(
    SELECT *
    FROM stock_levels FINAL
    WHERE NOT (SELECT min(origin_generation) = max(origin_generation) FROM stock_levels)
    ORDER BY place_id, sku, received_at DESC
    LIMIT 1 BY place_id, sku
);
