-- The end of the last whole minute that any payment was read of; 1970 if there is none.
SELECT toUnixTimestamp(max(minute)) AS newest
FROM payment_parts
