-- Events a second that reached Kafka in the last ten whole seconds, and how long the slowest hundredth of
-- the payments of the last minute waited for its score.
SELECT (
           SELECT sum(events) / 10
           FROM arrivals_second
           WHERE second >= {wall:DateTime('UTC')} - INTERVAL 12 SECOND
             AND second < {wall:DateTime('UTC')} - INTERVAL 2 SECOND
       ) AS events_per_second,
       (
           SELECT if(sum(scores) = 0, NULL, quantilesTDigestMerge(0.5, 0.99)(latency_ms)[2])
           FROM scoring_second
           WHERE second >= {wall:DateTime('UTC')} - INTERVAL 60 SECOND
       ) AS score_p99_ms
