"""When offsets are committed: a request to the broker, which costs it as much as one that brings records."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import inf
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from streams import failpoints
from streams.batch import Batch

__all__ = ["COMMIT_EVERY_SECONDS", "Commits", "commit_unless_moved"]

COMMIT_EVERY_SECONDS = 0.1
"""After a crash at most so much of the input comes again, besides the round in flight."""

Offsets = Mapping[TopicPartition, int]

log = logging.getLogger(__name__)


class Commits:
    """Commits what is acknowledged: at once after a pause, ten times a second while rounds follow closely.

    Nobody waits for a commit but whoever gives partitions up: the next round goes on meanwhile. One commit is
    under way at a time, so none can overtake a later one.

    Parameters
    ----------
    commit
        Commits offsets; a refusal is its own business, an error ends the source.
    clock
        Seconds that only grow.

    """

    def __init__(self, commit: Callable[[Offsets], Awaitable[None]], clock: Callable[[], float]) -> None:
        self._commit = commit
        self._clock = clock
        self._ends: dict[TopicPartition, int] = {}
        self._due = -inf
        self._running: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether anything is acknowledged of which no commit has begun."""
        return bool(self._ends)

    def seconds_left(self) -> float:
        """Say how long what waits may go on waiting; infinite if nothing does."""
        return max(0.0, self._due - self._clock()) if self._ends else inf

    def acknowledged(self, batches: Sequence[Batch[Any]]) -> None:
        """Take in batches all of whose outputs Kafka has.

        Keyed records are rare, and what is made of records that come in another order the next time may have
        another key: such a round is committed as soon as it can be.
        """
        for batch in batches:
            self._ends[TopicPartition(batch.topic.name, batch.partition)] = batch.offsets[-1] + 1
            if batch.has_keyed:
                self._due = -inf

    async def go_on(self) -> None:
        """Begin a commit if one is due; wait only for one before it that is late.

        Raises
        ------
        KafkaError
            Kafka refused an earlier one for good.

        """
        if self._running is not None and self._running.done():
            await self._settle()
        if self.seconds_left() == 0.0:
            await self._settle()
            self._due = self._clock() + COMMIT_EVERY_SECONDS
            ends, self._ends = self._ends, {}
            self._running = asyncio.ensure_future(self._commit(ends))

    async def finish(self) -> None:
        """Commit all that is acknowledged, and return once Kafka has it."""
        self._due = -inf
        await self.go_on()
        await self._settle()

    async def _settle(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running

    async def stop(self) -> None:
        """Give up a commit that is under way: what it says is made again."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})


async def commit_unless_moved(
    consumer: AIOKafkaConsumer, agent: str, offsets: Mapping[TopicPartition, tuple[int, str]]
) -> None:
    """Commit offsets with their notes; where the group has moved on without us that is only logged.

    Who owns the partitions now writes the same outputs again, and readers of dense topics drop them.
    """
    failpoints.reach("before-commit")
    try:
        await consumer.commit(dict(offsets))
        failpoints.reach("after-commit")
    except (CommitFailedError, IllegalStateError) as error:
        log.warning("commit refused", extra={"agent": agent, "cause": repr(error)})
