"""The table of list entries, as each stands now."""

from collections.abc import Sequence

from schemas.list_entry import ListEntry
from schemas.topics import LISTS
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds

__all__ = ["LISTS_TABLE"]


def columns(events: Sequence[ListEntry]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "entry_id": [event.entry_id for event in events],
        "list_name": [event.list_name for event in events],
        "subject": [event.subject for event in events],
        "value": [event.value for event in events],
        "owner": [event.owner for event in events],
        "reason": [event.reason for event in events],
        "valid_from": [milliseconds(event.valid_from) for event in events],
        "expires_at": [optional_milliseconds(event.expires_at) for event in events],
        "removed_by": [event.removed_by for event in events],
        "at": [milliseconds(event.at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


LISTS_TABLE = Table(LISTS, columns)
