"""The table of answers to alerts."""

from collections.abc import Sequence

from schemas.answer import Answer
from schemas.topics import ANSWERS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["ANSWERS_TABLE"]


def columns(events: Sequence[Answer]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "answer_id": [event.answer_id for event in events],
        "alert_id": [event.alert_id for event in events],
        "verdict": [event.verdict for event in events],
        "by": [event.by for event in events],
        "at": [milliseconds(event.at) for event in events],
        "replaces": [event.replaces for event in events],
        "schema_version": [event.schema_version for event in events],
    }


ANSWERS_TABLE = Table(ANSWERS, columns, outside=True, urgent=True)
