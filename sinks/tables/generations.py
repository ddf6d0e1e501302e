"""The table of generations: every reprocess and every switch."""

from collections.abc import Sequence

from schemas.generation import Generation
from schemas.topics import GENERATIONS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["GENERATIONS_TABLE"]


def columns(events: Sequence[Generation]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "number": [event.number for event in events],
        "kind": [event.kind for event in events],
        "name": [event.name for event in events],
        "topic_id": [event.topic_id for event in events],
        "offsets": [event.offsets for event in events],
        "model_version": [event.model_version for event in events],
        "chosen": [event.chosen for event in events],
        "undoes": [event.undoes for event in events],
        "at": [milliseconds(event.at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


GENERATIONS_TABLE = Table(GENERATIONS, columns)
