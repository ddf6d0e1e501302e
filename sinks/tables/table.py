"""A table and how a batch of records becomes its columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar

from schemas.origin import Origin
from schemas.topics import Topic
from sinks.tables.lines import Lines

__all__ = [
    "ENVELOPE",
    "OF_ENVELOPE",
    "Columns",
    "Table",
    "envelope",
    "milliseconds",
    "optional_milliseconds",
    "origins",
    "plain",
]

Record = TypeVar("Record")
# A value is whatever clickhouse-connect takes for the column's type; a column has one entry per record.
Columns = dict[str, list[Any]]

OF_ENVELOPE = ("event_id", "source", "run", "seq", "occurred_at")
ENVELOPE = (
    "event_id UUID, source String, run String, seq UInt64, "
    "occurred_at DateTime64(3, 'UTC'), schema_version UInt8"
)
"""The fields of the envelope, as ClickHouse reads them."""

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
    fields
        Of a busy topic: the fields that `columns` reads, nested ones with a dot; from outside "all" are read,
        because all are checked. Its records are then structs, at a third of the cost.
    origin_of
        Of a dense topic, which has exactly one record per input offset: generation, partition and offset of
        the one that a record comes from. Repeats of a crashed writer are dropped by it.
    numbered
        It holds each event once, however often its source sent it under one number.
    outside
        The records come from outside and pass the door again, which is what makes the table agree with what
        the agents accepted. What our own agents write needs no search for card numbers, which costs more
        than decoding where a record holds many long figures.
    urgent
        Somebody waits for it: written after a fraction of a second. The others wait longer, because an insert
        costs ClickHouse about 10 ms and as much again for each view, however few rows it brings.
    append_time
        Name of the column with Kafka's append time.
    lines
        Of a busy topic: how ClickHouse itself takes its records apart. `columns` stays for those that do not
        look as our agents write them, and what ClickHouse cannot read.

    """

    topic: Topic
    columns: Callable[[Sequence[Record]], Columns]
    outside: bool = False
    numbered: bool = False
    urgent: bool = False
    fields: frozenset[str] | Literal["all"] | None = None
    origin_of: Callable[[Record], tuple[str, int, int]] | None = None
    append_time: str = "received_at"
    lines: Lines | None = None

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


def envelope(events: Sequence[Any]) -> Columns:
    """Columns of the envelope."""
    return {
        **plain(events, ("event_id", "source", "run", "seq")),
        "occurred_at": [milliseconds(event.occurred_at) for event in events],
    }


def plain(events: Sequence[Any], names: Sequence[str]) -> Columns:
    """Columns that are named like fields and hold their values."""
    return {name: list(map(attrgetter(name), events)) for name in names}


def origins(found: Sequence[Origin]) -> Columns:
    """Columns that say which input caused a record."""
    return {
        "origin_generation": [origin.generation for origin in found],
        "origin_topic": [origin.topic for origin in found],
        "origin_partition": [origin.partition for origin in found],
        "origin_offset": [origin.offset for origin in found],
    }
