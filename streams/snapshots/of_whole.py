"""One state over all partitions and broadcasts of an agent: written down as a whole, and taken up as one."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from detectors.snapshot import Parts, prefixed, unprefixed
from schemas.errors import Stop
from schemas.topics import Topic
from streams.asking import Asking
from streams.batch import Input
from streams.ownership import OwnedPartition
from streams.snapshots.of_partitions import SHARE_OF_TIME, WORTH_WRITING_RECORDS
from streams.snapshots.state_format import StateFormat, Written
from streams.snapshots.store import SnapshotStore, Unit
from streams.snapshots.writing import SnapshotWriting, fitting_offsets

__all__ = ["WholeSnapshots"]

State = TypeVar("State", bound=Written)
Marks = Mapping[str, Written]

RETRY_SECONDS = 0.5

WHOLE = "whole"
MARK = "mark"

log = logging.getLogger(__name__)


class WholeSnapshots(Generic[State]):
    """Snapshots of what an agent keeps over everything that it reads, and of the mark of each partition.

    It is restored before a broadcast is read, for what broadcasts hold is in it; partitions are restored one
    by one as they are assigned.

    Parameters
    ----------
    store
        Where they are.
    agent
        Whose state it is; its group is `tillwatch-` and this name.
    whole, version
        What is kept over all partitions, restored in place, and the version of its meaning.
    inputs, broadcasts
        The topics that are read by partition, and those that are read whole.
    generations
        Of each of these topics.
    bootstrap_servers
        Where Kafka is asked how far logs go.
    every_seconds
        How often it is written.

    Attributes
    ----------
    broadcast_offsets
        Tells the first offset of each broadcast partition that is not in the state, written topic/number.

    """

    by_partition = False

    def __init__(
        self,
        store: SnapshotStore,
        agent: str,
        whole: Written,
        version: int,
        *,
        inputs: Sequence[Topic],
        broadcasts: Sequence[Topic],
        generations: Mapping[str, str],
        bootstrap_servers: str,
        every_seconds: float,
    ) -> None:
        self.broadcast_offsets: Callable[[], Mapping[str, int]] = dict
        self._unit = Unit(agent, WHOLE)
        self._whole = whole
        self._inputs = partitions_of(inputs)
        self._broadcasts = partitions_of(broadcasts)
        self._generations = generations
        self._bootstrap_servers = bootstrap_servers
        self._every_seconds = every_seconds
        self._writing = SnapshotWriting(store, StateFormat[Marks](version, self._take, self._put), forks=True)
        # Of partitions that were not assigned yet: their marks, and where to go on.
        self._marks: Parts = {}
        self._offsets: Mapping[str, int] = {}
        self._written = 0
        self._due = time.monotonic() + every_seconds

    async def restore_whole(self) -> Mapping[str, int]:
        """Take up the newest snapshot that fits; give the offsets from which broadcasts are read on."""
        bounds = await self._bounds()
        found = await self._writing.newest(
            self._unit, dict, lambda manifest: fitting_offsets(manifest, self._generations, bounds)
        )
        if found is None:
            return {}
        self._offsets = found[1]
        self._written = sum(self._offsets[name] for name in self._inputs)
        return {name: offset for name, offset in self._offsets.items() if name in self._broadcasts}

    async def _bounds(self) -> dict[str, tuple[int, int]]:
        """Say where each log begins, and up to where its outputs exist; of broadcasts, where it ends."""
        asking = Asking(self._bootstrap_servers)
        await asking.start()
        try:
            while True:
                try:
                    return await self._asked_bounds(asking)
                except KafkaError as error:
                    log.warning(
                        "waiting for Kafka to say how far it has come",
                        extra={"agent": self._unit.agent, "cause": repr(error)},
                    )
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            await asking.stop()

    async def _asked_bounds(self, asking: Asking) -> dict[str, tuple[int, int]]:
        named = self._inputs | self._broadcasts
        starts = await asking.start_offsets(list(named.values()))
        reached = await asking.end_offsets(list(self._broadcasts.values()))
        committed = await asking.committed(f"tillwatch-{self._unit.agent}", self._inputs.values())
        reached |= {partition: said.offset for partition, said in committed.items()}
        return {
            name: (starts[partition], max(starts[partition], reached[partition]))
            for name, partition in named.items()
        }

    async def restore(
        self, source: Input, make_state: Callable[[], State], *, start: int, committed: int
    ) -> tuple[State, int] | None:
        """Go on with the mark of a partition that was in the snapshot; as `Snapshots.restore`.

        Raises
        ------
        Stop
            Its log begins behind the snapshot by now, or what was committed lies before it.

        """
        name = f"{source.topic.name}/{source.partition}"
        if name not in self._offsets:
            return None
        offset, state = self._offsets[name], make_state()
        if not start <= offset <= committed:
            raise Stop(
                f"the {self._unit.agent}'s state ends at offset {offset} of {name}, which holds {start} to "
                f"{committed}: it changed since the start; start this process again"
            )
        state.restore(unprefixed(f"{MARK}.{name}", self._marks))
        return state, offset

    def adopted(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> None:
        """Need not know: only all partitions together are written."""

    def consider(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> None:
        """Between two rounds: begin to write the state, if it is due and all of it is ours and rebuilt."""
        if self._writing.busy or time.monotonic() < self._due or not self._is_whole(owned):
            return
        offsets = {name: owned[partition].next_offset for name, partition in self._inputs.items()}
        total = sum(offsets.values())
        if total - self._written < WORTH_WRITING_RECORDS:
            return
        offsets |= self.broadcast_offsets()
        self._due = time.monotonic() + self._every_seconds

        def written(seconds: float) -> None:
            self._written = total
            self._due = time.monotonic() + max(self._every_seconds, seconds / SHARE_OF_TIME)

        marks = {name: owned[partition].state for name, partition in self._inputs.items()}
        self._writing.begin(self._unit, marks, self._generations, offsets, written)

    def read_again(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> int:
        """Count the records of inputs that are in no snapshot."""
        return sum(own.next_offset for own in owned.values()) - self._written

    def _is_whole(self, owned: Mapping[TopicPartition, OwnedPartition[State]]) -> bool:
        return len(owned) == len(self._inputs) and not any(own.restoring for own in owned.values())

    def _take(self, marks: Marks) -> Parts:
        parts = prefixed(WHOLE, self._whole.snapshot())
        for name, mark in marks.items():
            parts |= prefixed(f"{MARK}.{name}", mark.snapshot())
        return parts

    def _put(self, _: Marks, parts: Parts) -> None:
        self._whole.restore(unprefixed(WHOLE, parts))
        self._marks = parts

    async def stop(self) -> None:
        """Give up what is being written."""
        await self._writing.stop()


def partitions_of(topics: Sequence[Topic]) -> dict[str, TopicPartition]:
    """Name all partitions of some topics."""
    return {
        f"{topic.name}/{number}": TopicPartition(topic.name, number)
        for topic in topics
        for number in range(topic.partitions)
    }
