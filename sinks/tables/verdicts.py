"""The table of what shops were told to do with payments."""

from collections.abc import Sequence

from schemas.payment_verdict import PaymentVerdict
from schemas.topics import VERDICTS
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds

__all__ = ["VERDICTS_TABLE"]


def columns(events: Sequence[PaymentVerdict]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "verdict_id": [event.verdict_id for event in events],
        "event_id": [event.event_id for event in events],
        "payment_id": [event.payment_id for event in events],
        "outcome": [event.outcome for event in events],
        "until": [optional_milliseconds(event.until) for event in events],
        "by": [event.by for event in events],
        "at": [milliseconds(event.at) for event in events],
        "alert_id": [event.alert_id for event in events],
        "reason": [event.reason for event in events],
        "schema_version": [event.schema_version for event in events],
    }


VERDICTS_TABLE = Table(VERDICTS, columns, outside=True, urgent=True)
