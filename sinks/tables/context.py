"""The table of what happened to the business."""

from collections.abc import Sequence

from schemas.context import Context
from schemas.topics import CONTEXT
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds

__all__ = ["CONTEXT_TABLE"]


def columns(events: Sequence[Context]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "context_id": [event.context_id for event in events],
        "kind": [event.kind for event in events],
        "title": [event.title for event in events],
        "begins_at": [milliseconds(event.begins_at) for event in events],
        "ends_at": [optional_milliseconds(event.ends_at) for event in events],
        "store_id": [event.store_id for event in events],
        "channel": [event.channel for event in events],
        "device": [event.device for event in events],
        "sku": [event.sku for event in events],
        "version": [event.version for event in events],
        "campaign": [event.campaign for event in events],
        "source": [event.source for event in events],
        "schema_version": [event.schema_version for event in events],
    }


CONTEXT_TABLE = Table(CONTEXT, columns, outside=True)
