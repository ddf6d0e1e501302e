"""The table of figures per minute and input partition."""

from collections.abc import Sequence

from schemas.metric_partial import MetricPartial
from schemas.topics import METRICS
from sinks.tables.table import Columns, Table, milliseconds, origins

__all__ = ["METRICS_TABLE"]


def columns(events: Sequence[MetricPartial]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "series": [event.series for event in events],
        "store_id": [event.store_id for event in events],
        "channel": [event.channel for event in events],
        "category": [event.category for event in events],
        "minute": [milliseconds(event.minute) // 1000 for event in events],
        "count": [event.count for event in events],
        "total": [event.total for event in events],
        **origins([event.origin for event in events]),
        "schema_version": [event.schema_version for event in events],
    }


METRICS_TABLE = Table(METRICS, columns)
