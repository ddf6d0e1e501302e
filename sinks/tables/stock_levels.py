"""The table of stock levels."""

from collections.abc import Sequence

from schemas.stock_level import StockLevel
from schemas.topics import STOCK_LEVELS
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds, origins

__all__ = ["STOCK_LEVELS_TABLE"]


def columns(events: Sequence[StockLevel]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "place_id": [event.place_id for event in events],
        "sku": [event.sku for event in events],
        "level": [event.level for event in events],
        "counted_at": [optional_milliseconds(event.counted_at) for event in events],
        "as_of": [milliseconds(event.as_of) for event in events],
        "daily_demand": [event.daily_demand for event in events],
        "days_of_cover": [event.days_of_cover for event in events],
        "sold_last_hour": [event.sold_last_hour for event in events],
        "sales_last_hour": [event.sales_last_hour for event in events],
        "last_receipt_at": [optional_milliseconds(event.last_receipt_at) for event in events],
        "count_difference": [event.count_difference for event in events],
        **origins([event.origin for event in events]),
        "schema_version": [event.schema_version for event in events],
    }


STOCK_LEVELS_TABLE = Table(STOCK_LEVELS, columns)
