-- Why: completeness from the arrivals that the series agent counts: one definition for pages and alerts, and
-- three views fewer for each insert of events. Sent = the larger of what the last heartbeat says and the
-- highest number seen; the newest generation of an input partition counts.
-- Writers: stop the sink.
-- Undo: DROP VIEW completeness, then make source_progress, its views and completeness again as in 0019

DROP VIEW IF EXISTS progress_of_transactions;

DROP VIEW IF EXISTS progress_of_clicks;

DROP VIEW IF EXISTS progress_of_stock_movements;

DROP VIEW IF EXISTS completeness;

DROP TABLE IF EXISTS source_progress;

CREATE VIEW IF NOT EXISTS completeness AS
SELECT beat.source AS source, beat.run AS run, beat.topic AS topic, beat.store_id AS store_id,
       greatest(beat.told, here.numbered) AS sent, here.arrived AS arrived,
       beat.spooled AS spooled,
       beat.at AS last_heartbeat_at, beat.received_at AS last_heartbeat_received_at,
       here.last_occurred_at AS last_occurred_at
FROM
(
    SELECT source, run, pair.1 AS topic, store_id, pair.2 AS told, spooled, at, received_at
    FROM last_heartbeats FINAL
    ARRAY JOIN CAST(next_seq, 'Array(Tuple(String, UInt64))') AS pair
) AS beat
LEFT JOIN
(
    SELECT source, run, topic, sum(arrived) AS arrived, max(highest_seq) + 1 AS numbered,
           max(last_occurred_at) AS last_occurred_at
    FROM
    (
        SELECT source, run, topic, arrived, highest_seq, last_occurred_at
        FROM arrivals FINAL
        ORDER BY received_at DESC
        LIMIT 1 BY source, run, topic, origin_topic, origin_partition
    )
    GROUP BY source, run, topic
) AS here ON beat.source = here.source AND beat.run = here.run AND beat.topic = here.topic;
