"""The table of what workers say about themselves."""

from collections.abc import Sequence

from schemas.topics import WORKER_STATUS
from schemas.worker_status import WorkerStatus
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["WORKER_STATUS_TABLE"]


def columns(events: Sequence[WorkerStatus]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "worker": [event.worker for event in events],
        "agent": [event.agent for event in events],
        "at": [milliseconds(event.at) for event in events],
        "state": [event.state for event in events],
        "partitions": [event.partitions for event in events],
        "events": [event.events for event in events],
        "repeats": [event.repeats for event in events],
        "refused": [event.refused for event in events],
        "lag": [event.lag for event in events],
        "oldest_unprocessed_seconds": [event.oldest_unprocessed_seconds for event in events],
        "latency_p50_ms": [event.latency_p50_ms for event in events],
        "latency_p99_ms": [event.latency_p99_ms for event in events],
        "schema_version": [event.schema_version for event in events],
    }


WORKER_STATUS_TABLE = Table(WORKER_STATUS, columns)
