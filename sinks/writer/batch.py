"""A part of one topic on its way into its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import msgspec
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from schemas.decode import decode_batch, decode_structs, own_decoder
from schemas.errors import Refused
from sinks.tables.table import Columns, Table
from sinks.writer.numbers_written import NumbersWritten
from sinks.writer.position import Position
from streams.dense_reader import DenseReader

__all__ = ["Batch", "Rows", "make_columns", "make_lines", "make_rows", "make_written"]

PART = 200
"""Records that are decoded together. Measured: docs/performance/sink.md."""


@dataclass(frozen=True)
class Rows:
    """What a range becomes, always the same for the same range and mark.

    Parameters
    ----------
    columns, lines, count
        Columns of equal length, or JSON, an object for each row; and how many rows they make.
    refused
        Records that break their contract; of input topics the worker puts them into dead-letters.
    reason
        Why the first of them was refused.
    repeats
        Records left out: of a dense topic by their origin, of numbered events by their number.
    gaps
        Of a dense topic: origins that never came, which must not be.
    after
        The position behind the range.

    """

    columns: Columns
    lines: bytes
    count: int
    refused: int
    reason: str
    repeats: int
    gaps: int
    after: Position


@dataclass
class Batch:
    """Records of one topic, by partition: from `before.offsets` to `lasts`, inclusive.

    Parameters
    ----------
    again
        The ranges were announced before and may have been written.
    numbers
        Of numbered events: those that the table holds.

    """

    table: Table[Any]
    before: Position
    lasts: tuple[int, ...]
    records: Sequence[Sequence[ConsumerRecord[Any, Any]]]
    again: bool = False
    numbers: NumbersWritten | None = None
    rows: Rows | None = field(default=None)

    @property
    def announced(self) -> Position:
        """What is committed before the insert."""
        return self.before._replace(announced=self.lasts)

    @property
    def ranges(self) -> dict[int, tuple[int, int]]:
        """First and last offset of each partition that takes part."""
        return {
            partition: (first, last)
            for partition, (first, last) in enumerate(zip(self.before.offsets, self.lasts, strict=True))
            if last >= first
        }

    @property
    def token(self) -> str:
        """ClickHouse drops a second insert with the same token."""
        ranges = ",".join(f"{partition}:{first}-{last}" for partition, (first, last) in self.ranges.items())
        return f"{self.before.generation}:{self.table.topic.name}:{ranges}"


def make_rows(batch: Batch) -> Rows:
    """Make rows in the way of the batch's table: by lines where all its records can.

    Raises
    ------
    StoreAbsent, Stop
        Of numbered events, where the store does not say which it holds.

    """
    lines = batch.table.lines
    if lines is None:
        return make_columns(batch)
    return make_written(batch) if lines.begin is None else make_lines(batch) or make_columns(batch)


def make_written(batch: Batch) -> Rows:
    """Check a batch from outside, and write what was read as lines.

    Cost: that of decoding, and 1 µs a record.
    """
    records = [record for some in batch.records for record in some if record.value is not None]
    begin_numbers(batch)
    reasons: list[str] = []
    lines: list[bytes] = []
    for first in range(0, len(records), PART):
        for event, record in zip(*accepted(batch, records[first : first + PART], reasons), strict=True):
            place = (record.partition, record.offset, record.timestamp)
            lines += (PLACE % place, write(event)[1:])
    reader = reader_of(batch)
    reason = reasons[0] if reasons else ""
    count = len(lines) // 2
    return Rows(
        {}, b"".join(lines), count, len(reasons), reason, repeats(batch, reader), 0, after(batch, reader)
    )


# What msgspec refused to read is a model.
write = msgspec.json.Encoder(enc_hook=lambda model: model.__dict__).encode


def accepted(
    batch: Batch, records: Sequence[ConsumerRecord[Any, Any]], reasons: list[str]
) -> tuple[Sequence[Any], Sequence[ConsumerRecord[Any, Any]]]:
    """Decode a part; leave out what is refused, and note why, and what its source sent before."""
    events = decoded(batch.table, [record.value for record in records])
    refused = [isinstance(event, Refused) for event in events]
    if any(refused):
        reasons += [str(event) for event in events if isinstance(event, Refused)]
        records = [record for record, wrong in zip(records, refused, strict=True) if not wrong]
        events = [event for event in events if not isinstance(event, Refused)]
    if batch.numbers is not None:
        new = batch.numbers.are_new(events)
        if not all(new):
            return list(compress(events, new)), list(compress(records, new))
    return events, records


def begin_numbers(batch: Batch) -> None:
    """Let the numbers that the table holds be those before the batch."""
    if batch.numbers is not None:
        batch.numbers.begin(batch.ranges if batch.again else {})


def repeats(batch: Batch, reader: DenseReader) -> int:
    """Count what was left out as repeats."""
    return reader.repeats + (0 if batch.numbers is None else batch.numbers.repeats)


def make_lines(batch: Batch) -> Rows | None:
    """Reduce a batch and hand its records on as they are; None unless all look as our agents write them.

    Cost: 1 µs a record.
    """
    if batch.table.lines is None or batch.table.lines.begin is None:
        return None
    match = batch.table.lines.begin.match
    reader = reader_of(batch)
    lines: list[bytes] = []
    for record in (record for some in batch.records for record in some if record.value is not None):
        value = record.value
        begin = match(value)
        if begin is None or not value.endswith(b"}"):
            return None
        generation, partition, offset = begin.groups()
        if reader.accept_place(generation.decode(), int(partition), int(offset)):
            place = (record.partition, record.offset, record.timestamp)
            lines += (PLACE % place, value[1:])
    return Rows(
        {}, b"".join(lines), len(lines) // 2, 0, "", reader.repeats, reader.gaps, after(batch, reader)
    )


PLACE = b'\n{"kafka_partition":%d,"kafka_offset":%d,"kafka_appended_ms":%d,'


def reader_of(batch: Batch) -> DenseReader:
    """Begin at the marks that a batch begins at."""
    return DenseReader({number: mark for number, mark in enumerate(batch.before.marks) if mark is not None})


def after(batch: Batch, reader: DenseReader) -> Position:
    """Give the position behind a batch."""
    marks = batch.before.marks
    if batch.table.origin_of is not None:
        marks = tuple(reader.mark(number) for number in range(len(marks)))
    return Position(
        batch.before.generation,
        tuple(max(first, last + 1) for first, last in zip(batch.before.offsets, batch.lasts, strict=True)),
        marks,
    )


def make_columns(batch: Batch) -> Rows:
    """Decode, check and reduce a batch, and turn it into columns.

    Cost: by the part, because what is decoded of a few hundred records fits into the processor's own cache
    and is gone before the garbage collector looks at it. A whole batch at once costs twice as much.
    """
    records = [record for some in batch.records for record in some if record.value is not None]
    begin_numbers(batch)
    reader = reader_of(batch)
    columns: Columns = {}
    reasons: list[str] = []
    for first in range(0, max(1, len(records)), PART):  # no record at all makes columns too, empty ones
        for name, values in columns_of(batch, records[first : first + PART], reader, reasons).items():
            columns.setdefault(name, []).extend(values)
    return Rows(
        columns,
        b"",
        len(columns[batch.table.append_time]),
        len(reasons),
        reasons[0] if reasons else "",
        repeats(batch, reader),
        reader.gaps,
        after(batch, reader),
    )


def columns_of(
    batch: Batch, records: Sequence[ConsumerRecord[Any, Any]], reader: DenseReader, reasons: list[str]
) -> Columns:
    """Turn a part of a batch into columns; note why records were refused."""
    table = batch.table
    events, records = accepted(batch, records, reasons)
    if table.origin_of is not None:
        counts = [reader.accept_place(*table.origin_of(event)) for event in events]
        if not all(counts):
            records, events = list(compress(records, counts)), list(compress(events, counts))
    columns = table.columns(events)
    columns["kafka_partition"] = [record.partition for record in records]
    columns["kafka_offset"] = [record.offset for record in records]
    columns[table.append_time] = [record.timestamp for record in records]
    return columns


def decoded(table: Table[Any], values: Sequence[bytes]) -> Sequence[Any]:
    """Decode records as their table reads them; what breaks the contract becomes its `Refused`."""
    model = table.topic.model
    if table.outside:
        return (decode_batch if table.fields is None else decode_structs)(model, values).events
    if table.fields is None:
        return decode_own(model.__pydantic_validator__.validate_json, values)
    return decode_own(own_decoder(model, None if table.fields == "all" else table.fields), values)


def decode_own(validate: Callable[[bytes], Any], values: Sequence[bytes]) -> list[Any]:
    """Decode what our own agents wrote."""
    events: list[Any] = []
    for value in values:
        try:
            events.append(validate(value))
        except ValidationError as error:
            places = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)]
            events.append(Refused("schema", f"not as this version expects: {', '.join(places[:5])}"))
    return events
