"""A topic that this sink owns, and what it has read of it but not written."""

from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord

from sinks.tables.table import Table
from sinks.writer.batch import Batch
from sinks.writer.numbers_written import NumbersWritten
from sinks.writer.position import Position

__all__ = ["OwnedTopic"]

Records = Sequence[ConsumerRecord[Any, Any]]


class OwnedTopic:
    """Buffers the records of each partition in order and cuts them into batches.

    Parameters
    ----------
    position
        Where writing goes on. If it announces ranges, exactly those are the first batch.
    numbers
        Of numbered events: those that the table holds.

    """

    def __init__(self, table: Table[Any], position: Position, numbers: NumbersWritten | None = None) -> None:
        self.table = table
        self.position = position
        self.numbers = numbers
        self.next_offsets = list(position.offsets)
        self.waiting: list[list[ConsumerRecord[Any, Any]]] = [[] for _ in position.offsets]
        self.waiting_since = 0.0
        self.sought: dict[int, int] = {}

    @property
    def rows_waiting(self) -> int:
        """How many records are buffered."""
        return sum(map(len, self.waiting))

    def take(self, partition: int, records: Records, now: float) -> bool:
        """Buffer what follows; False if nothing does, because the log ends before our offset."""
        fresh = [record for record in records if record.offset >= self.next_offsets[partition]]
        if not fresh:
            return not records
        if not self.rows_waiting:
            self.waiting_since = now
        self.waiting[partition] += fresh
        self.next_offsets[partition] = fresh[-1].offset + 1
        return True

    def is_due(self, now: float, *, rows: int, seconds: float, read_to: Sequence[int]) -> bool:
        """Whether a batch should be written now.

        Parameters
        ----------
        rows, seconds
            Enough rows, or the first one has waited long enough.
        read_to
            The consumer's positions: an announced range is complete once they are past it, even if its last
            records were compacted away.

        """
        announced = self.position.announced
        if announced is not None:
            reached = map(max, self.next_offsets, read_to)
            return all(offset > last for offset, last in zip(reached, announced, strict=True))
        waiting = self.rows_waiting
        return waiting >= rows or (waiting > 0 and now - self.waiting_since >= seconds)

    def cut(self, rows: int) -> Batch:
        """Take a batch: the announced ranges, else at most so many rows, evenly over the partitions."""
        before = self.position._replace(announced=None)
        if self.position.announced is not None:
            lasts = self.position.announced
            records = [
                [record for record in waiting if record.offset <= last]
                for waiting, last in zip(self.waiting, lasts, strict=True)
            ]
            return Batch(self.table, before, lasts, records, again=True, numbers=self.numbers)
        share = max(1, rows // max(1, sum(1 for waiting in self.waiting if waiting)))
        records = [waiting[:share] for waiting in self.waiting]
        lasts = tuple(
            taken[-1].offset if taken else offset - 1
            for taken, offset in zip(records, before.offsets, strict=True)
        )
        return Batch(self.table, before, lasts, records, numbers=self.numbers)

    def written(self, batch: Batch, now: float) -> None:
        """Go on behind a batch that is written and committed."""
        if batch.rows is None:
            raise ValueError("the batch has no rows yet")
        if self.numbers is not None:
            self.numbers.written()
        self.waiting = [
            waiting[len(taken) :] for waiting, taken in zip(self.waiting, batch.records, strict=True)
        ]
        self.waiting_since = now
        self.position = batch.rows.after
        self.next_offsets = list(map(max, self.next_offsets, self.position.offsets))
