"""The table of figures of models by day."""

from collections.abc import Sequence

from schemas.model_metrics import ModelMetrics
from schemas.topics import MODEL_METRICS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["MODEL_METRICS_TABLE"]


def columns(events: Sequence[ModelMetrics]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "subject": [event.subject for event in events],
        "version": [event.version for event in events],
        "day": [milliseconds(event.day) for event in events],
        "window_days": [event.window_days for event in events],
        "matured_at": [milliseconds(event.matured_at) for event in events],
        "payments": [event.payments for event in events],
        "labelled": [event.labelled for event in events],
        "unlabelled_share": [event.unlabelled_share for event in events],
        "frauds": [event.frauds for event in events],
        "average_precision": [event.average_precision for event in events],
        "average_precision_low": [event.average_precision_low for event in events],
        "average_precision_high": [event.average_precision_high for event in events],
        "card_precision": [event.card_precision for event in events],
        "cards_per_day": [event.cards_per_day for event in events],
        "schema_version": [event.schema_version for event in events],
    }


MODEL_METRICS_TABLE = Table(MODEL_METRICS, columns)
