"""A table and how a batch of records becomes its columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from schemas.event import Event
from schemas.origin import Origin
from schemas.score import Reason
from schemas.topics import Topic

__all__ = ["Columns", "Table", "envelope", "milliseconds", "optional_milliseconds", "origins", "reasons"]

Record = TypeVar("Record", bound=BaseModel)
# A value is whatever clickhouse-connect takes for the column's type; a column has one entry per record.
Columns = dict[str, list[Any]]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Table(Generic[Record]):
    """One table, filled from one topic.

    Parameters
    ----------
    topic
        Where its records come from; the table is named like it, with underscores.
    columns
        Turns records into columns: whole columns cost half of what rows cost.
    origin_of
        Of a dense topic, which has exactly one record per input offset: where a record comes from. Repeats
        of a crashed writer are dropped by it.
    outside
        The records come from outside and pass the door again, which is what makes the table agree with what
        the agents accepted. What our own agents write needs no search for card numbers, which costs more
        than decoding where a record holds many long figures.
    urgent
        Somebody waits for it: written after a fraction of a second. The others wait longer, because an insert
        costs ClickHouse about 10 ms and as much again for each view, however few rows it brings.
    append_time
        Name of the column with Kafka's append time.

    """

    topic: Topic
    columns: Callable[[Sequence[Record]], Columns]
    outside: bool = False
    urgent: bool = False
    origin_of: Callable[[Record], Origin] | None = None
    append_time: str = "received_at"

    @property
    def name(self) -> str:
        """The table's name in ClickHouse."""
        return self.topic.name.replace("-", "_")


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, exactly: what DateTime64(3) holds, and three times as fast as a datetime."""
    return (moment - EPOCH) // MILLISECOND


def optional_milliseconds(moment: datetime | None) -> int | None:
    """As `milliseconds`, None for None."""
    return None if moment is None else (moment - EPOCH) // MILLISECOND


def envelope(events: Sequence[Event]) -> Columns:
    """Columns of the envelope."""
    return {
        "event_id": [event.event_id for event in events],
        "source": [event.source for event in events],
        "run": [event.run for event in events],
        "seq": [event.seq for event in events],
        "occurred_at": [milliseconds(event.occurred_at) for event in events],
    }


def origins(found: Sequence[Origin]) -> Columns:
    """Columns that say which input caused a record."""
    return {
        "origin_generation": [origin.generation for origin in found],
        "origin_topic": [origin.topic for origin in found],
        "origin_partition": [origin.partition for origin in found],
        "origin_offset": [origin.offset for origin in found],
    }


def reasons(found: Sequence[tuple[Reason, ...]]) -> Columns:
    """Columns with the reasons of a score or an alert, as parallel arrays."""
    return {
        "reasons_feature": [[reason.feature for reason in several] for several in found],
        "reasons_value": [[reason.value for reason in several] for several in found],
        "reasons_contribution": [[reason.contribution for reason in several] for several in found],
    }
