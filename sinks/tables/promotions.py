"""The table of promotions: who decided which model scores."""

from collections.abc import Sequence

from schemas.promotion import Promotion
from schemas.topics import PROMOTIONS
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds

__all__ = ["PROMOTIONS_TABLE"]


def columns(events: Sequence[Promotion]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "action": [event.action for event in events],
        "version": [event.version for event in events],
        "line": [event.line for event in events],
        "valid_from": [milliseconds(event.valid_from) for event in events],
        "by": [event.by for event in events],
        "who": [event.who for event in events],
        "reason": [event.reason for event in events],
        "figures": [event.figures for event in events],
        "exclusions_said_by": [[one.said_by or "" for one in event.exclusions] for event in events],
        "exclusions_known_from": [
            [optional_milliseconds(one.known_from) for one in event.exclusions] for event in events
        ],
        "exclusions_known_to": [
            [optional_milliseconds(one.known_to) for one in event.exclusions] for event in events
        ],
        "at": [milliseconds(event.at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


PROMOTIONS_TABLE = Table(PROMOTIONS, columns)
