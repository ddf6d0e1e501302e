-- Why: visits of a day without the states of each minute, action and device: those of its whole hours, and of the minutes at
-- its ends. And visits by page for any range: how many saw a page (by hour and minute), and on which page each ended. A
-- visit's last page of a range is the last of its minutes there, so a click that comes late changes the right one. A visit
-- is its session's hash. Small granules by the hour: of one of 8,192 rows a day read the states of a month.
-- Writers: must be stopped.
-- Rebuild: visits_hour
-- Rebuild: click_pages_hour
-- Rebuild: click_pages_minute
-- Rebuild: visit_ends
-- Undo: DROP VIEW visits_hour_view, click_pages_hour_view, click_pages_minute_view, visit_ends_view, then DROP TABLE of each

CREATE TABLE IF NOT EXISTS visits_hour
(
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    clicks SimpleAggregateFunction(sum, UInt64),
    sessions AggregateFunction(uniq, String),
    paying AggregateFunction(uniq, String)
)
ENGINE = AggregatingMergeTree
ORDER BY (hour, store_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 32;

CREATE MATERIALIZED VIEW IF NOT EXISTS visits_hour_view TO visits_hour AS
SELECT toStartOfHour(occurred_at) AS hour, store_id, count() AS clicks,
       uniqState(session_id) AS sessions, uniqStateIf(session_id, action = 'pay') AS paying
FROM clicks
GROUP BY hour, store_id;

CREATE TABLE IF NOT EXISTS click_pages_hour
(
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    device LowCardinality(String),
    page LowCardinality(String),
    clicks SimpleAggregateFunction(sum, UInt64),
    sessions AggregateFunction(uniq, String),
    failing AggregateFunction(uniq, String)
)
ENGINE = AggregatingMergeTree
ORDER BY (hour, store_id, device, page)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS click_pages_hour_view TO click_pages_hour AS
SELECT toStartOfHour(occurred_at) AS hour, store_id, device, page, count() AS clicks,
       uniqState(session_id) AS sessions, uniqStateIf(session_id, action = 'error') AS failing
FROM clicks
GROUP BY hour, store_id, device, page;

CREATE TABLE IF NOT EXISTS click_pages_minute
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    device LowCardinality(String),
    page LowCardinality(String),
    clicks SimpleAggregateFunction(sum, UInt64),
    sessions AggregateFunction(uniq, String),
    failing AggregateFunction(uniq, String)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, device, page)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS click_pages_minute_view TO click_pages_minute AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, device, page, count() AS clicks,
       uniqState(session_id) AS sessions, uniqStateIf(session_id, action = 'error') AS failing
FROM clicks
GROUP BY minute, store_id, device, page;

CREATE TABLE IF NOT EXISTS visit_ends
(
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    store_id LowCardinality(String),
    device LowCardinality(String),
    visit UInt64,
    last_page AggregateFunction(argMax, String, UInt128)
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, store_id, device, visit)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS visit_ends_view TO visit_ends AS
SELECT toStartOfMinute(occurred_at) AS minute, store_id, device, sipHash64(session_id) AS visit,
       argMaxState(
           CAST(page, 'String'), bitOr(bitShiftLeft(toUInt128(toUnixTimestamp64Milli(occurred_at)), 64), toUInt128(seq))
       ) AS last_page
FROM clicks
GROUP BY minute, store_id, device, visit;
