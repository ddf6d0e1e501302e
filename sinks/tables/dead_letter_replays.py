"""The table of dead letters that somebody sent back."""

from collections.abc import Sequence

from schemas.dead_letter_replay import DeadLetterReplay
from schemas.topics import DEAD_LETTER_REPLAYS
from sinks.tables.table import Columns, Table, milliseconds, origins

__all__ = ["DEAD_LETTER_REPLAYS_TABLE"]


def columns(events: Sequence[DeadLetterReplay]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        **origins([event.origin for event in events]),
        "by": [event.by for event in events],
        "at": [milliseconds(event.at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


DEAD_LETTER_REPLAYS_TABLE = Table(DEAD_LETTER_REPLAYS, columns, outside=True, urgent=True)
