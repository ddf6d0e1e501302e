"""The table of what is usual."""

from collections.abc import Sequence

from schemas.expectation import Expectation
from schemas.topics import EXPECTATIONS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["EXPECTATIONS_TABLE"]


def columns(events: Sequence[Expectation]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "series": [event.series for event in events],
        "store_id": [event.store_id for event in events],
        "channel": [event.channel for event in events],
        "begins_at": [milliseconds(event.begins_at) for event in events],
        "slot_minutes": [event.slot_minutes for event in events],
        "expected": [event.expected for event in events],
        "low": [event.low for event in events],
        "high": [event.high for event in events],
        "learnt_days": [event.learnt_days for event in events],
        "made_at": [milliseconds(event.made_at) for event in events],
        "detector": [event.detector for event in events],
        "schema_version": [event.schema_version for event in events],
    }


EXPECTATIONS_TABLE = Table(EXPECTATIONS, columns)
