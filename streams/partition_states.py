"""Where the state of a partition comes from: kept from before, from a snapshot, or new."""

import time
from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

from aiokafka import TopicPartition

from schemas.topics import Topic
from streams.batch import Input
from streams.ownership import OwnedPartition

__all__ = ["PartitionStates", "StatesWritten"]

State = TypeVar("State")

KEPT_SECONDS = 600.0
"""A partition that comes back within this time finds its state, and reads only what others did meanwhile."""


class StatesWritten(Protocol[State]):
    """Snapshots of the states of partitions.

    Attributes
    ----------
    by_partition
        Whether the state of a partition is all there is of it. Else it is a part of one over all of them, of
        which no part can be made anew, or be kept for when its partition comes back.

    """

    by_partition: bool

    async def restore(
        self, source: Input, make_state: Callable[[], State], *, start: int, committed: int
    ) -> tuple[State, int] | None:
        """Give the state of a partition and the first offset that is not in it; None = read its log."""

    def adopted(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> None:
        """Take notice of what is ours now."""

    def consider(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> None:
        """Between two rounds: begin to write what is due."""

    def read_again(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> int:
        """Count the records that are in no snapshot."""

    async def stop(self) -> None:
        """Give up what is being written."""


class PartitionStates(Generic[State]):
    """The partitions of one source that are ours, and for a while those that were.

    Parameters
    ----------
    topics, generations
        What is read, by the topic's name.
    make_state
        Makes the empty state of a partition.
    snapshots
        None where no state is written.

    Attributes
    ----------
    owned
        What is ours, by partition.

    """

    def __init__(
        self,
        topics: Mapping[str, Topic],
        generations: Mapping[str, str],
        make_state: Callable[[Input], State],
        snapshots: StatesWritten[State] | None,
    ) -> None:
        self.owned: dict[TopicPartition, OwnedPartition[State]] = {}
        self._topics = topics
        self._generations = generations
        self._make_state = make_state
        self._snapshots = snapshots
        # What we owned before, and until when it is kept.
        self._left: dict[TopicPartition, tuple[OwnedPartition[State], float]] = {}

    async def own(self, partition: TopicPartition, start: int, committed: int) -> OwnedPartition[State]:
        """Go on with the state kept from before, or a snapshot's, or begin with a new one.

        Parameters
        ----------
        partition
            Which.
        start, committed
            Where its log begins, and below which offset all outputs exist; −1 = nothing was committed.

        """
        boundary = max(start, committed)
        kept = self.owned.get(partition) or self._left.get(partition, (None,))[0]
        if kept is not None and kept.next_offset >= start:
            kept.committed = boundary
            return kept
        topic = self._topics[partition.topic]
        source = Input(topic, partition.partition, self._generations[topic.name])
        if self._snapshots is not None:
            restored = await self._snapshots.restore(
                source, lambda: self._make_state(source), start=start, committed=boundary
            )
            if restored is not None:
                return OwnedPartition(source, *restored, boundary)
        return OwnedPartition(source, self._make_state(source), start, boundary)

    def replace(self, owned: dict[TopicPartition, OwnedPartition[State]]) -> None:
        """Say what is ours now; put aside what is not any more, and forget what was put aside long ago."""
        if self._snapshots is not None and self._snapshots.by_partition:
            now = time.monotonic()
            left = {partition: (own, now + KEPT_SECONDS) for partition, own in self.owned.items()}
            self._left = {
                partition: (own, until)
                for partition, (own, until) in (self._left | left).items()
                if partition not in owned and until > now
            }
        if self._snapshots is not None:
            self._snapshots.adopted(owned)
        self.owned = owned

    def consider_snapshot(self) -> None:
        """Between two rounds: begin to write down a state that is due."""
        if self._snapshots is not None:
            self._snapshots.consider(self.owned)

    def read_again(self) -> int | None:
        """Count the records that are in no snapshot; None where none is written."""
        return None if self._snapshots is None else self._snapshots.read_again(self.owned)

    async def stop(self) -> None:
        """Give up a snapshot that is being written."""
        if self._snapshots is not None:
            await self._snapshots.stop()
