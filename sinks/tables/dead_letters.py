"""The table of input that could not be used."""

from collections.abc import Sequence

from schemas.dead_letter import DeadLetter
from schemas.topics import DEAD_LETTERS
from sinks.tables.table import Columns, Table, milliseconds, origins

__all__ = ["DEAD_LETTERS_TABLE"]


def columns(events: Sequence[DeadLetter]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        **origins([event.origin for event in events]),
        "kind": [event.kind for event in events],
        "reason": [event.reason for event in events],
        "payload": [event.payload for event in events],
        "payload_bytes": [event.payload_bytes for event in events],
        "payload_sha256": [event.payload_sha256 for event in events],
        "refused_at": [milliseconds(event.refused_at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


DEAD_LETTERS_TABLE = Table(DEAD_LETTERS, columns)
