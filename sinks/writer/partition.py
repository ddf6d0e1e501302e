"""A partition that this sink owns, and what it has read of it but not written."""

from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord

from sinks.tables.table import Table
from sinks.writer.batch import Batch
from sinks.writer.position import Position

__all__ = ["OwnedPartition"]

Records = Sequence[ConsumerRecord[Any, Any]]


class OwnedPartition:
    """Buffers records in order and cuts them into batches.

    Parameters
    ----------
    position
        Where writing goes on. If it announces a range, exactly that range is the first batch.

    """

    def __init__(self, table: Table[Any], partition: int, position: Position) -> None:
        self.table = table
        self.partition = partition
        self.position = position
        self.next_offset = position.offset
        self.waiting: list[ConsumerRecord[Any, Any]] = []
        self.waiting_since = 0.0
        self.sought: int | None = None

    def take(self, records: Records, now: float) -> bool:
        """Buffer what follows; False if nothing does, because the partition stands before our offset."""
        fresh = [record for record in records if record.offset >= self.next_offset]
        if not fresh:
            return not records
        if not self.waiting:
            self.waiting_since = now
        self.waiting += fresh
        self.next_offset = fresh[-1].offset + 1
        return True

    def is_due(self, now: float, *, rows: int, seconds: float, read_to: int) -> bool:
        """Whether a batch should be written now.

        Parameters
        ----------
        rows, seconds
            Enough rows, or the first one has waited long enough.
        read_to
            The consumer's position: an announced range is complete once it is past it, even if its last
            records were compacted away.

        """
        if self.position.announced is not None:
            return max(self.next_offset, read_to) > self.position.announced
        return len(self.waiting) >= rows or (bool(self.waiting) and now - self.waiting_since >= seconds)

    def cut(self, rows: int) -> Batch:
        """Take a batch out of the buffer: the announced range, else at most so many rows."""
        announced = self.position.announced
        if announced is None:
            records = self.waiting[:rows]
            last = records[-1].offset
        else:
            records = [record for record in self.waiting if record.offset <= announced]
            last = announced
        before = self.position._replace(announced=None)
        return Batch(self.table, self.partition, before, last, records, again=announced is not None)

    def written(self, batch: Batch, now: float) -> None:
        """Go on behind a batch that is written and committed."""
        if batch.rows is None:
            raise ValueError("the batch has no rows yet")
        self.waiting = self.waiting[len(batch.records) :]
        self.waiting_since = now if not self.waiting else self.waiting_since
        self.position = batch.rows.after
        self.next_offset = max(self.next_offset, self.position.offset)
