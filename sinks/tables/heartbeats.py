"""The table of signs of life."""

from collections.abc import Sequence

from schemas.heartbeat import Heartbeat
from schemas.topics import HEARTBEATS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["HEARTBEATS_TABLE"]


def columns(events: Sequence[Heartbeat]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "source": [event.source for event in events],
        "run": [event.run for event in events],
        "store_id": [event.store_id for event in events],
        "at": [milliseconds(event.at) for event in events],
        "next_seq": [event.next_seq for event in events],
        "spooled": [event.spooled for event in events],
        "schema_version": [event.schema_version for event in events],
    }


HEARTBEATS_TABLE = Table(HEARTBEATS, columns, outside=True)
