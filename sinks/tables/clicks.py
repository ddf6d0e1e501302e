"""The table of clicks."""

from collections.abc import Sequence

from schemas.click import Click
from schemas.topics import CLICKS
from sinks.tables.table import Columns, Table, envelope, plain

__all__ = ["CLICKS_TABLE"]

PLAIN = (
    "visitor_id", "session_id", "customer_id", "store_id", "page", "action", "sku", "campaign", "device",
    "app_version", "error", "duration_ms", "schema_version",
)  # fmt: skip


def columns(events: Sequence[Click]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {**envelope(events), **plain(events, PLAIN)}


CLICKS_TABLE = Table(CLICKS, columns, outside=True, fields="all")
