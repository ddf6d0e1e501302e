-- What the team made of the first steps for each kind of alert, the newest 20 changes of each; of these the first counts.
SELECT playbook_id, kind, ifNull(playbooks.entity_type, '') AS entity_type, steps, by, at
FROM playbooks FINAL
ORDER BY kind, entity_type, kafka_offset DESC
LIMIT 20 BY kind, entity_type
