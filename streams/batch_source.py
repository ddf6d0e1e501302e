"""Where an agent's batches come from: a service in the Faust worker, with its own consumer and group."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import groupby
from math import ceil
from typing import Any, Generic, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faust.types import AppT
from mode import Service

from schemas.errors import Stop
from schemas.topics import DEAD_LETTERS, Topic
from streams import failpoints
from streams.asking import Asking
from streams.batch import Batch, Input
from streams.batch_channel import BatchChannel
from streams.closing import close_within
from streams.commits import Commits, commit_unless_moved
from streams.connecting import connect
from streams.fetch_wait import FetchWait
from streams.isolation import Isolation
from streams.outputs import Outputs
from streams.ownership import OwnedPartition
from streams.partition_states import PartitionStates, StatesWritten
from streams.progress import Progress
from streams.rebalance_gate import RebalanceGate
from streams.refusals import letters_of_aside
from streams.refused_share import RefusedShare
from streams.watched import Odd, Phase, Reading

__all__ = ["BatchSource"]

State = TypeVar("State")
Records = list[ConsumerRecord]
Fetched = dict[TopicPartition, Records]

# A dead worker's partitions move after this long. The broker's lowest is 6 s by default, but on a busy
# machine a worker that is merely starved must not lose its partitions.
SESSION_TIMEOUT_MS = 8_000
# A payment and its score take 13 KB while they are worked on, and an agent holds the round before until it
# has decoded the next. A round blocks the event loop for .06 s at 20 µs each; heartbeats are due every 2 s.
MAX_ROUND_RECORDS = 3_000
POLL_MS = 200
# A round of an agent in a hurry takes about so long; with a backlog it is little beside the work on a batch.
GIVE_WAY_SECONDS = 0.005
ANSWER_TIMEOUT_SECONDS = 60.0
AGENT_TIMEOUT_SECONDS = 30.0
# A round at full speed takes .1 s, and as long again where it waits for another agent's.
ROUND_TIMEOUT_SECONDS = 2.0
STOP_TIMEOUT_SECONDS = 1.0

log = logging.getLogger(__name__)


async def nothing() -> None:
    """Do nothing between fetching and processing."""


class BatchSource(Service, Generic[State]):
    """Reads topics in rounds: fetch, process, write, wait for the acknowledgements, commit in the background.

    A partition that is new here begins with the state of its newest snapshot, or with a new one, and is read
    from there. Up to what its last owner committed, batches have `emit` unset and only rebuild the state.

    Parameters
    ----------
    app
        The Faust app whose agent listens to `channel`.
    agent
        Name of the agent; the consumer group is `tillwatch-` and this name.
    topics
        What to read.
    make_state
        Makes the empty state of a partition.
    generations
        The generation of each topic.
    outputs
        Where batches are written.
    before_round
        Awaited after records were fetched and before the first of them is processed.
    snapshots
        Writes and restores the states of partitions; None = they are rebuilt from the log. Where they are
        parts of one over all of them, an error in the agent ends the process, since no part of it can be made
        anew alone; its successor leaves out the record that broke it.
    gather_ms
        Kafka lets records gather for so long while they flow, for fewer and larger rounds; None = it hands
        them out as they come.
    hurry
        Whether somebody waits for the agent's answers; see `FetchWait`.
    batch_records
        The agent gets at most so many at a time.
    gives_way
        Whether agents of the same process that are in a hurry get their turn between its batches.
    max_refused_ratio
        Share of dead letters past which the process stops.
    odd
        Tells what the agent found odd so far.

    """

    def __init__(
        self,
        app: AppT,
        agent: str,
        *,
        topics: Collection[Topic],
        make_state: Callable[[Input], State],
        bootstrap_servers: str,
        generations: Mapping[str, str],
        outputs: Outputs,
        before_round: Callable[[], Awaitable[None]] = nothing,
        snapshots: StatesWritten[State] | None = None,
        gather_ms: int | None = None,
        hurry: bool = False,
        batch_records: int = MAX_ROUND_RECORDS,
        gives_way: bool = False,
        max_refused_ratio: float = 1.0,
        odd: Callable[[], Odd] = dict,
        **service: Any,
    ) -> None:
        super().__init__(**service)
        self.channel: BatchChannel[Batch[State]] = BatchChannel(app)
        self.agent = agent
        self.group = f"tillwatch-{agent}"
        self.topics = {topic.name: topic for topic in topics}
        self.progress = Progress()
        self._bootstrap_servers = bootstrap_servers
        self._outputs = outputs
        self._before_round = before_round
        self._states = PartitionStates(self.topics, generations, make_state, snapshots)
        self._fetch_wait = FetchWait(gather_ms, hurry=hurry)
        self._batch_records = batch_records
        self._gives_way = gives_way
        self._odd = odd
        self._by_partition = snapshots is not None and snapshots.by_partition
        self._isolation = Isolation(agent)
        self._refused_share = RefusedShare(max_refused_ratio)
        self._consumer: AIOKafkaConsumer | None = None
        self._asking = Asking(bootstrap_servers)
        self._commits = Commits(self._commit, time.monotonic)
        # Held while a round is processed: a rebalance waits for it, so no batch is cut off in flight.
        self._round = asyncio.Lock()
        # Between the start of a rebalance and its end nobody knows what is ours, though records may come.
        self._moving = True
        self._adopted = False
        self._finished = asyncio.Event()
        self._passed_at: float | None = None

    async def on_start(self) -> None:
        """Join the group, once the agent listens: a batch put before that would vanish."""
        await self._agent_listens()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **self._fetch_wait.settings(),
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=SESSION_TIMEOUT_MS // 4,
        )
        self._consumer.subscribe(list(self.topics), listener=RebalanceGate(self))
        await connect(self._consumer)
        await self._asking.start()

    async def _agent_listens(self) -> None:
        deadline = self.loop.time() + AGENT_TIMEOUT_SECONDS
        while not self.channel.subscriber_count:
            if self.loop.time() > deadline:
                raise Stop(f"the agent {self.agent} does not listen to its channel")
            await asyncio.sleep(0.01)

    @Service.task
    async def _read(self) -> None:
        try:
            while not self.should_stop:
                self._passed_at = self.loop.time()
                fetched = await self._fetch()
                async with self._round:
                    if self._moving:
                        continue  # fetched before the group said whose it is; adopting seeks back
                    if not self._adopted:
                        self._adopted = await self._adopt()
                    elif batches := self._batches(fetched):
                        await self._before_round()
                        await self._process(batches)
                    await self._commits.go_on()
                    if self._adopted and not self._commits.waiting:
                        self._states.consider_snapshot()  # one ahead of what is committed is of no use
            await self._commits.finish()
        finally:
            self._finished.set()

    async def _fetch(self) -> Fetched:
        """Wait a moment for records."""
        self._fetch_wait.ask(self.consumer)
        most_ms = ceil(min(POLL_MS, 1_000 * self._commits.seconds_left()))
        fetched: Fetched = await self.consumer.getmany(timeout_ms=most_ms, max_records=MAX_ROUND_RECORDS)
        self._fetch_wait.answered(self.consumer, sum(map(len, fetched.values())))
        return fetched

    async def _adopt(self) -> bool:
        """Find out what is ours since the rebalance and where to go on; False if it moved again meanwhile."""
        consumer = self.consumer
        try:
            assigned = consumer.assignment()
            starts = await consumer.beginning_offsets(assigned) if assigned else {}
            committed = await self._asking.committed(self.group, assigned) if assigned else {}
            owned = {
                partition: await self._states.own(partition, starts[partition], committed[partition].offset)
                for partition in sorted(assigned)
            }
            for partition, own in owned.items():
                consumer.seek(partition, own.next_offset)
        except (IllegalStateError, KafkaError) as error:
            log.warning("asking again for our partitions", extra={"agent": self.agent, "cause": repr(error)})
            await asyncio.sleep(0.2)
            return False
        failpoints.reach("before-adopting")
        self._states.replace(owned)
        self._isolation.owned({partition: committed[partition].metadata for partition in owned})
        log.info(
            "partitions assigned",
            extra={
                "agent": self.agent,
                "partitions": [f"{p.topic}[{p.partition}]" for p in sorted(assigned)],
            },
        )
        return True

    def _batches(self, fetched: Fetched) -> list[Batch[State]]:
        batches: list[Batch[State]] = []
        for partition, records in fetched.items():
            own = self.owned.get(partition)
            if own is not None:
                seek = partial(self.consumer.seek, partition)
                batches += own.batches(own.following(records, seek), self._batch_records)
        return [part for batch in batches for part in self._isolation.parts(batch)]

    async def _process(self, batches: Sequence[Batch[State]]) -> None:
        for batch in batches:
            await self.channel.put(batch)  # type: ignore[arg-type]  # typed for events, carries anything
            if self._gives_way:
                await self._give_way(batch)
        done: list[Batch[State]] = []
        broken: list[tuple[Batch[State], Exception]] = []
        writes = []
        for partition, group in groupby(
            batches, lambda batch: TopicPartition(batch.topic.name, batch.partition)
        ):
            parts = list(group)
            worked, failure = await self._worked(parts)
            self._refused_share.count(worked, self.loop.time())
            for batch in worked:
                self.owned[partition].processed(batch)
            writes.append(asyncio.ensure_future(self._outputs.write_dense_of(worked)))
            done += worked
            if failure is not None:
                broken.append(failure)
                if not self._by_partition:
                    break  # what came after it has met a state that holds a part of it
        failpoints.reach("batches-answered")
        await asyncio.gather(*writes, self._outputs.write_keyed_of(done))
        emitted = [batch for batch in done if batch.emit]
        self.progress.acknowledged(emitted)
        if emitted:
            if any(batch.dense is not None for batch in emitted):  # only these can be seen to repeat
                failpoints.reach("outputs-acknowledged")
            self._commits.acknowledged(emitted)
        if broken:
            await self._commits.finish()
            await self._begin_anew(broken)

    async def _begin_anew(self, broken: Sequence[tuple[Batch[State], Exception]]) -> None:
        """Throw away the states that hold a part of what broke the agent; where there is but one, end."""
        for batch, error in broken:
            partition = TopicPartition(batch.topic.name, batch.partition)
            if self._by_partition:
                self._adopted = False
                del self.owned[partition]
            else:
                await self._leave_word(partition, batch)
                raise error

    async def _leave_word(self, partition: TopicPartition, batch: Batch[State]) -> None:
        """Tell the successor what to look at one by one, or to leave out, and readers why it is left out."""
        await self._outputs.write_keyed(DEAD_LETTERS, letters_of_aside(batch))
        own = self.owned[partition]
        note = self._isolation.note(partition, batch.offsets[-1] + 1)
        end = max(own.next_offset, own.committed)
        await commit_unless_moved(self.consumer, self.agent, {partition: (end, note)})

    async def _give_way(self, batch: Batch[State]) -> None:
        """Leave the event loop to other agents for as long as the work on a batch took."""
        began = self.loop.time()
        await batch.answered(ANSWER_TIMEOUT_SECONDS)
        await asyncio.sleep(min(self.loop.time() - began, GIVE_WAY_SECONDS))

    async def _worked(
        self, parts: Sequence[Batch[State]]
    ) -> tuple[list[Batch[State]], tuple[Batch[State], Exception] | None]:
        """Wait for the agent's work on batches of one partition; give those that count, and one that failed.

        After a batch that broke the agent none counts: the state holds a part of it.
        """
        errors = [await batch.answered(ANSWER_TIMEOUT_SECONDS) for batch in parts]
        worked: list[Batch[State]] = []
        for batch, error in zip(parts, errors, strict=True):
            if error is None:
                batch.put_keyed(DEAD_LETTERS, letters_of_aside(batch))
                worked.append(batch)
            else:
                self._isolation.failed(batch, error)
                return worked, (batch, error)
        return worked, None

    async def _commit(self, ends: Mapping[TopicPartition, int]) -> None:
        noted = {partition: (end, self._isolation.note(partition, end)) for partition, end in ends.items()}
        await commit_unless_moved(self.consumer, self.agent, noted)

    async def partitions_revoked(self) -> None:
        """Wait for the round in flight; states are kept until it is known who owns the partitions."""
        self._moving = True
        async with self._round:
            failpoints.reach("partitions-revoked")
            await self._commits.finish()
            self._adopted = False

    def partitions_assigned(self) -> None:
        """Let the next round find out what is ours."""
        self._moving = False

    @property
    def owned(self) -> dict[TopicPartition, OwnedPartition[State]]:
        """The partitions that are ours now."""
        return self._states.owned

    @property
    def phase(self) -> Phase:
        """Whether nothing is owned yet, a state is being rebuilt, or all partitions are at work."""
        if not self.owned:
            return "waiting"
        return "restoring" if any(own.restoring for own in self.owned.values()) else "running"

    def owns_all(self) -> bool:
        """Whether every partition of every topic is ours now."""
        return len(self.owned) == sum(topic.partitions for topic in self.topics.values())

    def reading(self) -> Reading:
        """Tell how this agent stands now."""
        p50, p99 = self.progress.latencies_ms or (None, None)
        return Reading(
            agent=self.agent,
            phase=self.phase,
            partitions=len(self.owned),
            events=self.progress.events,
            repeats=self.progress.repeats,
            refused=self.progress.refused,
            lag=self.lag() if self.owned else 0,
            last_pass_seconds=None if self._passed_at is None else self.loop.time() - self._passed_at,
            oldest_unprocessed_seconds=self.oldest_waiting_seconds(time.time()),
            latency_p50_seconds=None if p50 is None else p50 / 1000,
            latency_p99_seconds=None if p99 is None else p99 / 1000,
            read_again=self._states.read_again(),
            odd=self._odd(),
        )

    async def end_offsets(self) -> dict[tuple[str, int], int]:
        """Ask where each partition owned ends, by topic name and number; without those that are empty.

        While Kafka does not answer, what it said last through the fetches counts.
        """
        try:
            ends: dict[TopicPartition, int] = await self._asking.end_offsets(list(self.owned))
        except KafkaError:
            ends = {partition: self._end(partition) or 0 for partition in self.owned}
        return {
            (partition.topic, partition.partition): end
            for partition, end in ends.items()
            if partition in self.owned and end > self.owned[partition].next_offset
        }

    def lag(self) -> int:
        """Count the records that wait in the partitions owned, as far as the last fetch told."""
        return sum(
            max(0, (end or own.next_offset) - own.next_offset)
            for own, end in ((own, self._end(partition)) for partition, own in self.owned.items())
        )

    def oldest_waiting_seconds(self, now: float) -> float:
        """Bound the age of the oldest record that waits from above; 0 if none waits."""
        return max(
            (own.oldest_waiting_seconds(self._end(partition), now) for partition, own in self.owned.items()),
            default=0.0,
        )

    def _end(self, partition: TopicPartition) -> int | None:
        try:
            end: int | None = self.consumer.highwater(partition)
        except (IllegalStateError, AssertionError):
            return None
        return end

    async def on_stop(self) -> None:
        """Finish the round in flight if that is quick; leave the group, so that others take over at once."""
        if self._consumer is not None:
            await self._states.stop()
            await close_within(ROUND_TIMEOUT_SECONDS, self._finished.wait, f"the round of {self.agent}")
            await self._commits.stop()
            await asyncio.gather(
                close_within(STOP_TIMEOUT_SECONDS, self._consumer.stop, f"the consumer of {self.agent}"),
                self._asking.stop(),
            )

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The connected consumer."""
        if self._consumer is None:
            raise RuntimeError("the source was not started")
        return self._consumer
