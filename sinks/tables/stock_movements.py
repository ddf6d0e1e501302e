"""The table of goods that came, went or were counted."""

from collections.abc import Sequence

from schemas.stock_movement import StockMovement
from schemas.topics import STOCK_MOVEMENTS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["STOCK_MOVEMENTS_TABLE"]


def columns(events: Sequence[StockMovement]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "event_id": [event.event_id for event in events],
        "source": [event.source for event in events],
        "run": [event.run for event in events],
        "seq": [event.seq for event in events],
        "occurred_at": [milliseconds(event.occurred_at) for event in events],
        "place_id": [event.place_id for event in events],
        "sku": [event.sku for event in events],
        "kind": [event.kind for event in events],
        "quantity": [event.quantity for event in events],
        "level_after": [event.level_after for event in events],
        "payment_id": [event.payment_id for event in events],
        "schema_version": [event.schema_version for event in events],
    }


STOCK_MOVEMENTS_TABLE = Table(STOCK_MOVEMENTS, columns, outside=True, numbered=True)
