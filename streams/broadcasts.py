"""Topics that every worker knows whole: labels and models."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from mode import Service

from schemas.decode import decode_batch
from schemas.errors import Refused, SetAside
from schemas.origin import Origin
from schemas.topics import DEAD_LETTERS, Topic
from streams.asking import Asking
from streams.closing import close_within
from streams.connecting import connect
from streams.fetch_wait import FETCH_WAIT_MS
from streams.outputs import Outputs
from streams.refusals import dead_letter
from streams.snapshots.of_broadcasts import BroadcastSnapshots
from streams.snapshots.of_whole import WholeSnapshots
from streams.watched import Reading

__all__ = ["Broadcast", "Broadcasts"]

IDLE_SECONDS = 1.0
RETRY_SECONDS = 0.5
# About 40 ms of work, so that heartbeats and other agents get their turn while a long topic is read.
MAX_RECORDS = 5_000
STOP_TIMEOUT_SECONDS = 1.0
KEY_SHOWN = 64

log = logging.getLogger(__name__)


class Broadcast(NamedTuple):
    """One topic that is read whole.

    Parameters
    ----------
    topic
        What to read.
    take
        Takes one decoded record; raises SetAside if it cannot be used.
    generation
        Of the topic, for the origin of dead letters; None where another agent writes them.
    snapshots
        Writes and restores the state that the records were taken into; None = the topic is read whole.
    refused
        Is told of each record that is set aside: its key or else its place, when Kafka got it (seconds since
        1970), and why.
    before_snapshots
        Whether it is read before a snapshot is taken up, since what it says may refuse one.

    """

    topic: Topic
    take: Callable[[Any], None]
    generation: str | None = None
    snapshots: BroadcastSnapshots | None = None
    refused: Callable[[str, float, str], None] | None = None
    before_snapshots: bool = False


class Broadcasts(Service):
    """Reads topics from their start, or a snapshot's end, outside any group, and hands each record on.

    `catch_up` is the promise: whatever Kafka had acknowledged when it was called has been taken when it
    returns. Called after payments were fetched, it makes every label known that was acknowledged before
    those payments were sent, at any speed of replay. A record that is damaged or refused is logged and set
    aside; it never stops a worker, for every worker would stop at it.

    Parameters
    ----------
    bootstrap_servers
        Where Kafka is.
    broadcasts
        What to read.
    outputs
        Where dead letters are written.
    whole
        Snapshots of a state in which what broadcasts hold is one part: it is restored before they are read.

    """

    def __init__(
        self,
        bootstrap_servers: str,
        broadcasts: Sequence[Broadcast],
        outputs: Outputs,
        whole: WholeSnapshots[Any] | None = None,
        **service: Any,
    ) -> None:
        super().__init__(**service)
        self._bootstrap_servers = bootstrap_servers
        self._broadcasts = {broadcast.topic.name: broadcast for broadcast in broadcasts}
        self._outputs = outputs
        self._partitions = [
            TopicPartition(broadcast.topic.name, number)
            for broadcast in broadcasts
            for number in range(broadcast.topic.partitions)
        ]
        self._whole = whole
        if whole is not None:
            whole.broadcast_offsets = self._offsets
        self._next: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._asking = Asking(bootstrap_servers)
        self._reading = asyncio.Lock()
        self._reached: dict[TopicPartition, int] | None = None
        self._taken = self._refused = 0
        self._passed_at: float | None = None

    async def on_start(self) -> None:
        """Read everything there is, so that the first score knows it."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )
        await connect(self._consumer)
        await self._asking.start()
        self._consumer.assign(self._partitions)
        self._next = await self._consumer.beginning_offsets(self._partitions)
        if self._whole is not None:
            await self._read_before_snapshots()
            self._go_on(await self._whole.restore_whole())
        for broadcast in self._broadcasts.values():
            if broadcast.snapshots is not None:
                await self._restore(broadcast, broadcast.snapshots)
        for partition, offset in self._next.items():
            self._consumer.seek(partition, offset)
        await self.catch_up()

    async def _read_before_snapshots(self) -> None:
        """Read the topics on which it depends whether a snapshot fits, to their present ends."""
        ends = await self._ends()
        first = {one: end for one, end in ends.items() if self._broadcasts[one.topic].before_snapshots}
        if first:
            self.consumer.pause(*self._partitions)
            await self._read_to(first)
            self.consumer.resume(*self._partitions)

    async def _restore(self, broadcast: Broadcast, snapshots: BroadcastSnapshots) -> None:
        """Go on from where the newest snapshot of a topic ends."""
        partitions = self._of(broadcast.topic)
        ends = await self._asking.end_offsets(list(partitions.values()))
        self._go_on(
            await snapshots.restore(
                {name: (self._next[partition], ends[partition]) for name, partition in partitions.items()}
            )
        )

    def _go_on(self, offsets: Mapping[str, int]) -> None:
        """Begin where a snapshot ends."""
        self._next = {one: offsets.get(name_of(one), next_offset) for one, next_offset in self._next.items()}

    def _offsets(self) -> dict[str, int]:
        """Give the first offset of each partition that was not taken; true between any two awaits."""
        return {name_of(partition): offset for partition, offset in self._next.items()}

    def _of(self, topic: Topic) -> dict[str, TopicPartition]:
        """Name the partitions of a topic as snapshots do."""
        return {name_of(one): one for one in self._partitions if one.topic == topic.name}

    async def catch_up(self) -> None:
        """Take everything that Kafka has now. A broker that is away is waited for.

        Cost: one round trip, .5 ms of CPU, when there is nothing new.
        """
        async with self._reading:
            ends = await self._ends()
            if ends != self._reached and await self._is_behind(ends):
                await self._read_to(ends)
            self._reached = ends
            self._passed_at = self.loop.time()

    async def _read_to(self, ends: dict[TopicPartition, int]) -> None:
        """Take what these partitions have up to these offsets.

        Kafka is asked for records only meanwhile: to wait for what seldom comes took 40 fetches a second.
        """
        self.consumer.resume(*ends)
        try:
            while await self._is_behind(ends):
                fetched = await self.consumer.getmany(*ends, timeout_ms=200, max_records=MAX_RECORDS)
                for partition, records in fetched.items():
                    await self._take(self._broadcasts[partition.topic], partition.partition, records)
        finally:
            self.consumer.pause(*ends)

    def _write_down(self) -> None:
        """Begin to write the states that are due."""
        for broadcast in self._broadcasts.values():
            if broadcast.snapshots is not None:
                places = self._of(broadcast.topic).items()
                broadcast.snapshots.consider({name: self._next[partition] for name, partition in places})

    async def _ends(self) -> dict[TopicPartition, int]:
        while True:
            try:
                ends: dict[TopicPartition, int] = await self._asking.end_offsets(self._partitions)
            except KafkaError as error:
                log.warning("waiting for Kafka to say where broadcasts end", extra={"cause": repr(error)})
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return ends

    async def _is_behind(self, ends: dict[TopicPartition, int]) -> bool:
        for partition, end in ends.items():
            if await self.consumer.position(partition) < end:
                return True
        return False

    async def _take(self, broadcast: Broadcast, partition: int, records: Sequence[ConsumerRecord]) -> None:
        values = [record.value or b"" for record in records]
        refusals = []
        self._taken += len(records)
        for index, event in enumerate(decode_batch(broadcast.topic.model, values).events):
            try:
                if isinstance(event, Refused):
                    raise event
                broadcast.take(event)
            except SetAside as error:
                offset = records[index].offset
                log.warning(
                    "a broadcast record is set aside",
                    extra={
                        "topic": broadcast.topic.name,
                        "partition": partition,
                        "offset": offset,
                        "cause": str(error),
                    },
                )
                self._refused += 1
                if broadcast.refused is not None:
                    key = (records[index].key or b"").decode("utf-8", "replace")
                    name = key[:KEY_SHOWN] or f"{broadcast.topic.name} {offset}"
                    broadcast.refused(name, records[index].timestamp / 1000, str(error))
                if broadcast.generation is not None:
                    refused = error if isinstance(error, Refused) else Refused("schema", str(error))
                    origin = Origin(
                        generation=broadcast.generation,
                        topic=broadcast.topic.name,
                        partition=partition,
                        offset=offset,
                    )
                    refusals.append(dead_letter(origin, values[index], refused, datetime.now(UTC)))
        self._next[TopicPartition(broadcast.topic.name, partition)] = records[-1].offset + 1
        if refusals:
            await self._outputs.write_keyed(DEAD_LETTERS, refusals)

    @Service.task
    async def _follow(self) -> None:
        """Keep up while nothing else is read, so that the next payment does not wait for a backlog."""
        while not self.should_stop:
            await self.sleep(IDLE_SECONDS)
            if not self.should_stop:
                try:
                    await self.catch_up()
                except ConsumerStoppedError:
                    if self._is_stopping():
                        return  # in the middle of reading: nothing is lost, it is in memory only
                    raise
                self._write_down()

    def _is_stopping(self) -> bool:
        """Look anew: it may have begun since."""
        return bool(self.should_stop)

    async def on_stop(self) -> None:
        """Disconnect."""
        for broadcast in self._broadcasts.values():
            if broadcast.snapshots is not None:
                await broadcast.snapshots.stop()
        await self._asking.stop()
        if self._consumer is not None:
            await close_within(STOP_TIMEOUT_SECONDS, self._consumer.stop, "the consumer of broadcasts")

    def reading(self) -> Reading:
        """Tell how reading stands; what was refused, a damaged model for one, is counted here."""
        return Reading(
            agent="broadcasts",
            phase="waiting" if self._passed_at is None else "running",
            partitions=len(self._partitions),
            events=self._taken,
            repeats=0,
            refused=self._refused,
            lag=0,
            last_pass_seconds=None if self._passed_at is None else self.loop.time() - self._passed_at,
        )

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The connected consumer."""
        if self._consumer is None:
            raise RuntimeError("broadcasts were not started")
        return self._consumer


def name_of(partition: TopicPartition) -> str:
    """Name a partition as snapshots do."""
    return f"{partition.topic}/{partition.partition}"
