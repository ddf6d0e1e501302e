"""The table of clicks."""

from collections.abc import Sequence

from schemas.click import Click
from schemas.topics import CLICKS
from sinks.tables.table import Columns, Table, envelope

__all__ = ["CLICKS_TABLE"]


def columns(events: Sequence[Click]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        **envelope(events),
        "visitor_id": [event.visitor_id for event in events],
        "session_id": [event.session_id for event in events],
        "customer_id": [event.customer_id for event in events],
        "store_id": [event.store_id for event in events],
        "page": [event.page for event in events],
        "action": [event.action for event in events],
        "sku": [event.sku for event in events],
        "campaign": [event.campaign for event in events],
        "device": [event.device for event in events],
        "app_version": [event.app_version for event in events],
        "error": [event.error for event in events],
        "duration_ms": [event.duration_ms for event in events],
        "schema_version": [event.schema_version for event in events],
    }


CLICKS_TABLE = Table(CLICKS, columns, outside=True)
