"""The table of verdicts."""

from collections.abc import Sequence

from schemas.label import Label
from schemas.topics import LABELS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["LABELS_TABLE"]


def columns(events: Sequence[Label]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "event_id": [event.event_id for event in events],
        "customer_id": [event.customer_id for event in events],
        "card_id": [event.card_id for event in events],
        "terminal_id": [event.terminal_id for event in events],
        "occurred_at": [milliseconds(event.occurred_at) for event in events],
        "known_at": [milliseconds(event.known_at) for event in events],
        "verdict": [event.verdict for event in events],
        "said_by": [event.said_by for event in events],
        "schema_version": [event.schema_version for event in events],
    }


LABELS_TABLE = Table(LABELS, columns, outside=True)
