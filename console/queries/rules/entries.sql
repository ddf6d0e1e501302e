-- What stands on the allow, block and review lists at this moment of event time, the newest first.
SELECT toString(lists.entry_id) AS entry_id, list_name, subject AS about, value, owner, reason, valid_from, expires_at
FROM lists FINAL
WHERE valid_from <= {now:DateTime('UTC')} AND (isNull(expires_at) OR expires_at > {now:DateTime('UTC')})
ORDER BY valid_from DESC, entry_id
LIMIT 200
