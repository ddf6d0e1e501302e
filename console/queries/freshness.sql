-- When the newest event reached Kafka, of those that are here.
SELECT second AS newest
FROM arrivals_second
ORDER BY second DESC
LIMIT 1
