"""A range of one partition on its way into its table."""

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
    """Records from the position to `last`, inclusive; `again` if the range may have been written before."""

    table: Table[Any]
    partition: int
    before: Position
    last: int
    records: Sequence[ConsumerRecord[Any, Any]]
    again: bool = False
    rows: Rows | None = field(default=None)

    @property
    def token(self) -> str:
        """ClickHouse drops a second insert with the same token."""
        before = self.before
        return f"{before.generation}:{self.table.topic.name}:{self.partition}:{before.offset}-{self.last}"


def make_rows(batch: Batch) -> Rows:
    """Decode, check and reduce a batch, and turn it into columns."""
    values = [record for record in batch.records if record.value is not None]
    decode = decode_batch if batch.table.outside else decode_own
    events = decode(batch.table.topic.model, [record.value for record in values]).events
    reasons = [str(event) for event in events if isinstance(event, Refused)]
    kept = [
        (record, event)
        for record, event in zip(values, events, strict=True)
        if not isinstance(event, Refused)
    ]
    mark = batch.before.mark
    repeats = gaps = 0
    origin_of = batch.table.origin_of
    if origin_of is not None:
        reader = DenseReader({} if mark is None else {batch.partition: mark})
        kept = [(record, event) for record, event in kept if reader.accept(origin_of(event))]
        repeats, gaps, mark = reader.repeats, reader.gaps, reader.mark(batch.partition)
    columns = batch.table.columns([event for _, event in kept])
    columns["kafka_partition"] = [batch.partition] * len(kept)
    columns["kafka_offset"] = [record.offset for record, _ in kept]
    columns[batch.table.append_time] = [record.timestamp for record, _ in kept]
    after = Position(batch.last + 1, batch.before.generation, mark)
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
