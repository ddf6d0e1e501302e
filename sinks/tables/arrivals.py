"""The table of arrivals: how many of a source's numbered events are here."""

from collections.abc import Sequence

from schemas.arrival_partial import ArrivalPartial
from schemas.topics import ARRIVALS
from sinks.tables.table import Columns, Table, milliseconds, origins

__all__ = ["ARRIVALS_TABLE"]


def columns(events: Sequence[ArrivalPartial]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "source": [event.source for event in events],
        "run": [event.run for event in events],
        "topic": [event.topic for event in events],
        "store_id": [event.store_id for event in events],
        "arrived": [event.arrived for event in events],
        "highest_seq": [event.highest_seq for event in events],
        "last_occurred_at": [milliseconds(event.last_occurred_at) for event in events],
        **origins([event.origin for event in events]),
        "schema_version": [event.schema_version for event in events],
    }


ARRIVALS_TABLE = Table(ARRIVALS, columns)
