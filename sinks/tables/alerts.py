"""The table of findings."""

from collections.abc import Sequence

from schemas.alert import Alert
from schemas.topics import ALERTS
from sinks.tables.table import Columns, Table, milliseconds, origins, reasons

__all__ = ["ALERTS_TABLE"]


def columns(events: Sequence[Alert]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "alert_id": [event.alert_id for event in events],
        "kind": [event.kind for event in events],
        "severity": [event.severity for event in events],
        "entity": [event.entity for event in events],
        "store_id": [event.store_id for event in events],
        "sentence": [event.sentence for event in events],
        **reasons([event.reasons for event in events]),
        "money_at_risk_minor": [event.money_at_risk_minor for event in events],
        "occurred_at": [milliseconds(event.occurred_at) for event in events],
        "detected_at": [milliseconds(event.detected_at) for event in events],
        "model_version": [event.model_version for event in events],
        **origins([event.origin for event in events]),
        "schema_version": [event.schema_version for event in events],
    }


ALERTS_TABLE = Table(ALERTS, columns, urgent=True)
