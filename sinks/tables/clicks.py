"""The table of clicks."""

from collections.abc import Sequence

from schemas.click import Click
from schemas.topics import CLICKS
from sinks.tables.lines import Lines
from sinks.tables.table import ENVELOPE, OF_ENVELOPE, Columns, Table, envelope, plain

__all__ = ["CLICKS_TABLE"]

PLAIN = (
    "visitor_id", "session_id", "customer_id", "store_id", "page", "action", "sku", "campaign", "device",
    "app_version", "error", "duration_ms", "schema_version",
)  # fmt: skip


def columns(events: Sequence[Click]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {**envelope(events), **plain(events, PLAIN)}


TEXTS = ("visitor_id", "session_id", "store_id", "page", "action", "device")
OPTIONAL = ("customer_id", "sku", "campaign", "app_version", "error")
LINES = Lines(
    structure=", ".join(
        [
            ENVELOPE,
            "duration_ms Nullable(UInt32)",
            *(f"{name} String" for name in TEXTS),
            *(f"{name} Nullable(String)" for name in OPTIONAL),
        ]
    ),
    columns={name: name for name in (*OF_ENVELOPE, *PLAIN)},
)

CLICKS_TABLE = Table(CLICKS, columns, outside=True, numbered=True, fields="all", lines=LINES)
