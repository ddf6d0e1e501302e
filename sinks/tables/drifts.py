"""The table of figures that changed their level."""

from collections.abc import Sequence

from schemas.drift import Drift
from schemas.topics import DRIFTS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["DRIFTS_TABLE"]


def columns(events: Sequence[Drift]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "figure": [event.figure for event in events],
        "segment": [event.segment for event in events],
        "found_at": [milliseconds(event.found_at) for event in events],
        "usual": [event.usual for event in events],
        "now": [event.now for event in events],
        "shift": [event.shift for event in events],
        "payments": [event.payments for event in events],
        "detector": [event.detector for event in events],
        "schema_version": [event.schema_version for event in events],
    }


DRIFTS_TABLE = Table(DRIFTS, columns)
