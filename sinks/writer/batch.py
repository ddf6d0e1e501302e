"""A part of one topic on its way into its table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import ConsumerRecord
from pydantic import BaseModel, ValidationError

from schemas.decode import Decoded, decode_batch
from schemas.errors import Refused
from sinks.tables.table import Columns, Table
from sinks.writer.position import Position
from streams.dense_reader import DenseReader

__all__ = ["Batch", "Rows", "make_rows"]


@dataclass(frozen=True)
class Rows:
    """What a range becomes, always the same for the same range and mark.

    Parameters
    ----------
    columns, count
        Columns of equal length, and that length.
    refused
        Records that break their contract; of input topics the worker puts them into dead-letters.
    reason
        Why the first of them was refused.
    repeats, gaps
        Of a dense topic: records dropped, and origins that never came, which must not be.
    after
        The position behind the range.

    """

    columns: Columns
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

    """

    table: Table[Any]
    before: Position
    lasts: tuple[int, ...]
    records: Sequence[Sequence[ConsumerRecord[Any, Any]]]
    again: bool = False
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
    """Decode, check and reduce a batch, and turn it into columns."""
    records = [record for some in batch.records for record in some if record.value is not None]
    decode = decode_batch if batch.table.outside else decode_own
    events = decode(batch.table.topic.model, [record.value for record in records]).events
    reasons = [str(event) for event in events if isinstance(event, Refused)]
    kept = [
        (record, event)
        for record, event in zip(records, events, strict=True)
        if not isinstance(event, Refused)
    ]
    marks = batch.before.marks
    repeats = gaps = 0
    origin_of = batch.table.origin_of
    if origin_of is not None:
        reader = DenseReader({number: mark for number, mark in enumerate(marks) if mark is not None})
        kept = [(record, event) for record, event in kept if reader.accept(origin_of(event))]
        repeats, gaps = reader.repeats, reader.gaps
        marks = tuple(reader.mark(number) for number in range(len(marks)))
    columns = batch.table.columns([event for _, event in kept])
    columns["kafka_partition"] = [record.partition for record, _ in kept]
    columns["kafka_offset"] = [record.offset for record, _ in kept]
    columns[batch.table.append_time] = [record.timestamp for record, _ in kept]
    after = Position(
        batch.before.generation,
        tuple(max(first, last + 1) for first, last in zip(batch.before.offsets, batch.lasts, strict=True)),
        marks,
    )
    return Rows(columns, len(kept), len(reasons), reasons[0] if reasons else "", repeats, gaps, after)


def decode_own(model: type[BaseModel], values: Sequence[bytes | None]) -> Decoded[BaseModel]:
    """Decode what our own agents wrote."""
    events: list[BaseModel | Refused] = []
    for value in values:
        try:
            events.append(model.model_validate_json(value or b""))
        except ValidationError as error:
            places = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)]
            events.append(Refused("schema", f"not as this version expects: {', '.join(places[:5])}"))
    return Decoded(events, sum(isinstance(event, Refused) for event in events))
