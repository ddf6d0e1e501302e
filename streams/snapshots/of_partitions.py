"""When the state of each partition is written down, and from where it is taken up again."""

import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from aiokafka import TopicPartition

from streams.batch import Input
from streams.ownership import OwnedPartition
from streams.snapshots.state_format import StateFormat
from streams.snapshots.store import SnapshotStore, Unit
from streams.snapshots.writing import SnapshotWriting, fitting_offsets

__all__ = ["SHARE_OF_TIME", "WORTH_WRITING_RECORDS", "Snapshots"]

State = TypeVar("State")

WORTH_WRITING_RECORDS = 1_000
"""So many are read again in a tenth of a second; a quiet partition is not written again and again."""

SHARE_OF_TIME = 0.1
"""Of the time at most so much is spent on writing a snapshot, however large the state."""


class Snapshots(Generic[State]):
    """Writes the state of one partition after the other, and restores one.

    Parameters
    ----------
    store
        Where they are.
    agent
        Whose state it is.
    state_format
        How the state becomes arrays.
    every_seconds
        How often each partition is written; in between its log is read again after a restart.

    """

    by_partition = True

    def __init__(
        self, store: SnapshotStore, agent: str, state_format: StateFormat[State], *, every_seconds: float
    ) -> None:
        self._agent = agent
        self._every_seconds = every_seconds
        self._writing = SnapshotWriting(store, state_format)
        self._due: dict[TopicPartition, float] = {}
        self._written: dict[TopicPartition, int] = {}

    async def restore(
        self, source: Input, make_state: Callable[[], State], *, start: int, committed: int
    ) -> tuple[State, int] | None:
        """Find the newest snapshot of a partition that is whole and fits.

        Parameters
        ----------
        source
            The partition.
        make_state
            Makes an empty state.
        start, committed
            Where its log begins, and up to where outputs exist: a snapshot outside is refused, for what lies
            between could not be read, or would be missing in the outputs.

        Returns
        -------
        tuple or None
            The state and the first offset that is not in it; None = read the log from its start.

        """
        unit, topic = self._unit(source), source.topic.name
        bounds = {unit.name: (start, committed)}
        found = await self._writing.newest(
            unit, make_state, lambda manifest: fitting_offsets(manifest, {topic: source.generation}, bounds)
        )
        if found is None:
            return None
        state, offsets = found
        self._written[TopicPartition(topic, source.partition)] = offsets[unit.name]
        return state, offsets[unit.name]

    def adopted(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> None:
        """Spread the partitions that are ours now over the time until each is due."""
        now = time.monotonic()
        share = self._every_seconds / max(len(owned), 1)
        self._due = {
            partition: self._due.get(partition, now + share * (place + 1))
            for place, partition in enumerate(sorted(owned))
        }

    def consider(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> None:
        """Between two rounds: begin to write a partition that is due, if none is being written."""
        if self._writing.busy:
            return
        now = time.monotonic()
        for partition, due in self._due.items():
            own = owned.get(partition)
            if due <= now and own is not None and self._since(partition, own) >= WORTH_WRITING_RECORDS:
                self._begin(partition, own)
                return

    def read_again(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> int:
        """Count the records that are in no snapshot."""
        return sum(self._since(partition, own) for partition, own in owned.items())

    def _since(self, partition: TopicPartition, own: OwnedPartition[State]) -> int:
        return own.next_offset - self._written.get(partition, 0)

    def _begin(self, partition: TopicPartition, own: OwnedPartition[State]) -> None:
        offset, unit = own.next_offset, self._unit(own.source)
        self._due[partition] = time.monotonic() + self._every_seconds

        def written(seconds: float) -> None:
            self._written[partition] = offset
            self._due[partition] = time.monotonic() + max(self._every_seconds, seconds / SHARE_OF_TIME)

        generations = {own.source.topic.name: own.source.generation}
        self._writing.begin(unit, own.state, generations, {unit.name: offset}, written)

    async def stop(self) -> None:
        """Give up what is being written."""
        await self._writing.stop()

    def _unit(self, source: Input) -> Unit:
        return Unit(self._agent, f"{source.topic.name}/{source.partition}")
