"""What a worker holds of one partition: its state, and how far it has come."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import Any, Generic, TypeVar

from aiokafka import ConsumerRecord

from schemas.errors import Stop
from streams.batch import Batch, Input

__all__ = ["OwnedPartition"]

State = TypeVar("State")

log = logging.getLogger(__name__)


class OwnedPartition(Generic[State]):
    """A partition that this process reads.

    Parameters
    ----------
    source
        Which partition.
    state
        What the agent keeps for it, with everything below `next_offset` in it.
    next_offset
        The first record that is not in the state.
    committed
        Below it all outputs exist: these records only rebuild the state.

    """

    def __init__(self, source: Input, state: State, next_offset: int, committed: int) -> None:
        self.source = source
        self.state = state
        self.next_offset = next_offset
        self.committed = committed
        self.sought: int | None = None
        self.last_append_ms = 0
        self.caught_up_at = time.time()

    @property
    def restoring(self) -> bool:
        """Whether the state is still behind what was committed."""
        return self.next_offset < self.committed

    def following(
        self, records: Sequence[ConsumerRecord[Any, Any]], seek: Callable[[int], None]
    ) -> Sequence[ConsumerRecord[Any, Any]]:
        """Keep what follows on what was processed; seek back once if something else came.

        Raises
        ------
        Stop
            The log ends before what was processed.

        """
        if records and records[0].offset == self.next_offset:
            return records
        fresh = [record for record in records if record.offset >= self.next_offset]
        if fresh and fresh[0].offset == self.next_offset:
            return fresh
        if self.sought != self.next_offset:
            self.sought = self.next_offset
            seek(self.next_offset)
            return []
        topic, partition, _ = self.source
        if not fresh:
            raise Stop(
                f"{topic.name}[{partition}] ends before offset {self.next_offset}, which was processed: it "
                "was made anew; start this worker again"
            )
        log.error(
            "records are missing in the log",
            extra={
                "topic": topic.name,
                "partition": partition,
                "expected_offset": self.next_offset,
                "offset": fresh[0].offset,
            },
        )
        return fresh

    def batches(self, records: Sequence[ConsumerRecord[Any, Any]], most: int) -> list[Batch[State]]:
        """Make batches of what was fetched, of at most so many records; none is restored in part only."""
        edge = next(
            (index for index, record in enumerate(records) if record.offset >= self.committed), len(records)
        )
        return [
            self.batch(part[start:end], emit=emit)
            for part, emit in ((records[:edge], False), (records[edge:], True))
            for start, end in evenly(len(part), most)
        ]

    def batch(self, records: Sequence[ConsumerRecord[Any, Any]], *, emit: bool) -> Batch[State]:
        """Make one batch. A record without a value becomes an empty one, which is refused like any other."""
        return Batch(
            self.source,
            offsets=[record.offset for record in records],
            records=[record.value or b"" for record in records],
            append_ms=[record.timestamp for record in records],
            emit=emit,
            state=self.state,
        )

    def processed(self, batch: Batch[State]) -> None:
        """Move on past a batch that the agent has answered."""
        self.next_offset = batch.offsets[-1] + 1
        self.last_append_ms = batch.append_ms[-1]

    def oldest_waiting_seconds(self, end_offset: int | None, now: float) -> float:
        """Bound the age of the oldest record that waits from above; 0 if none waits."""
        if end_offset is None or end_offset <= self.next_offset:
            self.caught_up_at = now
            return 0.0
        return max(0.0, now - max(self.last_append_ms / 1000, self.caught_up_at))


def evenly(count: int, most: int) -> Iterable[tuple[int, int]]:
    """Cut so many records into parts of about the same size, at most `most` each.

    A batch costs as much as ten payments, whatever is in it, so the fewest are made and none is small.
    """
    parts = ceil(count / most)
    return pairwise(count * part // parts for part in range(parts + 1)) if parts else ()
