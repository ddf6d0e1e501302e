"""The table of stores."""

from collections.abc import Sequence

from schemas.store import Store
from schemas.topics import STORES
from sinks.tables.table import Columns, Table

__all__ = ["STORES_TABLE"]


def columns(events: Sequence[Store]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "store_id": [event.store_id for event in events],
        "name": [event.name for event in events],
        "channel": [event.channel for event in events],
        "region": [event.region for event in events],
        "time_zone": [event.time_zone for event in events],
        "hours_weekday": [[hours.weekday for hours in event.hours] for event in events],
        "hours_opens": [[hours.opens for hours in event.hours] for event in events],
        "hours_closes": [[hours.closes for hours in event.hours] for event in events],
        "schema_version": [event.schema_version for event in events],
    }


STORES_TABLE = Table(STORES, columns, outside=True)
