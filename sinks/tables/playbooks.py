"""The table of playbooks: every change of one."""

from collections.abc import Sequence

from schemas.playbook import Playbook
from schemas.topics import PLAYBOOKS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["PLAYBOOKS_TABLE"]


def columns(events: Sequence[Playbook]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "playbook_id": [event.playbook_id for event in events],
        "kind": [event.kind for event in events],
        "entity_type": [event.entity_type for event in events],
        "steps": [list(event.steps) for event in events],
        "by": [event.by for event in events],
        "at": [milliseconds(event.at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


PLAYBOOKS_TABLE = Table(PLAYBOOKS, columns, outside=True, urgent=True)
