"""The table of synthetic payments that came through."""

from collections.abc import Sequence

from schemas.synthetic_answer import SyntheticAnswer
from schemas.topics import SYNTHETIC_ANSWERS
from sinks.tables.table import Columns, Table, milliseconds, origins

__all__ = ["SYNTHETIC_ANSWERS_TABLE"]


def columns(events: Sequence[SyntheticAnswer]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        **origins([event.origin for event in events]),
        "received_at": [milliseconds(event.received_at) for event in events],
        "scored_at": [milliseconds(event.scored_at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


SYNTHETIC_ANSWERS_TABLE = Table(SYNTHETIC_ANSWERS, columns, append_time="answered_at")
