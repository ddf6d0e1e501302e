"""A source that reads what was there before in the order in which it was written."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, TypeVar

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.backlog import Backlog
from streams.batch import Batch
from streams.batch_source import BatchSource

__all__ = ["OrderedSource"]

State = TypeVar("State")

# So that partitions are together to about a second at 2,000 records a second.
SLICE_RECORDS = 2_000
ASK_EVERY_SECONDS = 0.2

log = logging.getLogger(__name__)


class OrderedSource(BatchSource[State]):
    """For an agent whose state is of all partitions together, so that their order matters.

    First every partition is read up to what was committed, then up to where it ended when it was assigned,
    both merged by Kafka's append time, so that a restart sees what the run before saw. Nothing new is looked
    at before all state is rebuilt: its outputs would rest on half of it. From then on records are read as
    they come.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._backlog = Backlog(SLICE_RECORDS)
        self._ends_at_start: dict[TopicPartition, int] = {}
        # Once everything is read as it comes nothing is asked of each partition any more, round by round.
        self._live = False
        self._all_resumed = False
        self._ends: dict[tuple[str, int], int] | None = None
        self._asked_at = 0.0
        self._settled = False

    def settled(self) -> bool:
        """Say once: all that was in Kafka when this was last said has been read since."""
        settled, self._settled = self._settled, False
        return settled

    async def _adopt(self) -> bool:
        self._backlog.clear()
        self._live = self._all_resumed = False
        if not await super()._adopt():
            return False
        try:
            self._ends_at_start = await self.consumer.end_offsets(list(self.owned)) if self.owned else {}
        except KafkaError as error:
            log.warning(
                "asking again where partitions end", extra={"agent": self.agent, "cause": repr(error)}
            )
            return False
        return True

    def _bounds(self) -> dict[TopicPartition, int]:
        """Say up to where partitions are to be read next, where that lies ahead; none = as it comes."""
        if self._live:
            return {}
        restoring = {tp: own.committed for tp, own in self.owned.items() if own.restoring}
        bounds = restoring or {
            tp: self._ends_at_start[tp]
            for tp, own in self.owned.items()
            if own.next_offset < self._ends_at_start.get(tp, 0)
        }
        self._live = not bounds
        return bounds

    async def _fetch(self) -> dict[TopicPartition, list[ConsumerRecord]]:
        bounds = self._bounds() if self._adopted else {}
        missing = self._backlog.missing(bounds)
        if bounds and not missing:
            await asyncio.sleep(0)
            return {}
        self._read_only(missing)
        return await super()._fetch()

    def _read_only(self, partitions: Sequence[TopicPartition]) -> None:
        """Let Kafka send records of these partitions, or of all if there are none.

        Records of others would only lie here. Leaving them with the consumer was tried: it then holds back
        the next fetch for .1 s.
        """
        if self._all_resumed:
            return
        paused = self.owned.keys() - set(partitions) if partitions else set()
        now = self.consumer.paused()
        if paused - now:
            self.consumer.pause(*paused - now)
        if now - paused:
            self.consumer.resume(*now - paused)
        self._all_resumed = self._live

    def _batches(self, fetched: dict[TopicPartition, list[ConsumerRecord]]) -> list[Batch[State]]:
        bounds = self._bounds()
        if not bounds and not self._backlog:
            return super()._batches(fetched)
        self._backlog.add(fetched)
        return super()._batches(self._backlog.take(bounds) if bounds else self._backlog.take_all())

    async def _process(self, batches: Sequence[Batch[State]]) -> None:
        if self._bounds():
            await super()._process(batches)
            self._settled = True  # a slice holds all that was written up to its end
            return
        if self._ends is None and not self._settled and self.loop.time() - self._asked_at > ASK_EVERY_SECONDS:
            self._ends, self._asked_at = await self.end_offsets(), self.loop.time()
        await super()._process(batches)
        if self._ends is not None and all(
            self.owned[TopicPartition(*partition)].next_offset >= end for partition, end in self._ends.items()
        ):
            self._ends, self._settled = None, True
