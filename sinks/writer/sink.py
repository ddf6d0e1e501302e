"""The sink: every topic into its table, exactly once.

Delivery: before an insert, the offsets about to be written are committed as metadata of those the sink
stands at; the insert carries a token that names them; then the offsets behind them are committed. Whoever
owns the topic next finds them and writes exactly them again, and ClickHouse drops what it has. A commit is
refused once the group has moved on, so a sink that was frozen can announce nothing new.

A topic is written as one, with all its partitions in one insert, because an insert costs ClickHouse 10 ms
and as much again for each view, however few rows it brings: so topics, not partitions, are shared out.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from operator import gt
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from kafka.errors import KafkaError as AdminError

from schemas.errors import Stop
from schemas.topics import BROKER_MAX_BYTES
from sinks.errors import StoreAbsent
from sinks.settings import SinkSettings
from sinks.tables.table import Table
from sinks.writer.batch import Batch, make_rows
from sinks.writer.committed import committed_offsets, generations
from sinks.writer.inserter import Inserter
from sinks.writer.numbers_written import NumbersWritten
from sinks.writer.owned_topic import OwnedTopic
from sinks.writer.position import Position
from sinks.writer.start import by_topic, go_on_at
from sinks.writer.tally import Tally
from sinks.writer.whole_topics import WholeTopics
from streams import failpoints
from streams.rebalance_gate import RebalanceGate
from streams.watched import Reading

__all__ = ["Sink"]

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
SHORTEST_POLL_SECONDS = 0.02
# Bounds memory: 80,000 records of 1 KB; then everything buffered is written.
MOST_BUFFERED_BATCHES = 4
# Tables that nobody waits for: fewer and larger inserts.
PATIENCE_UNHURRIED = 4
# And they wait this many times as long as the last round took: a slow store gets fewer inserts.
PATIENCE_AFTER_ROUND = 3
LONGEST_PATIENCE_SECONDS = 2.0
# Catching up, a partition's batch may wait longer to become fuller: fewer and larger parts.
PATIENCE_BEHIND = 8
# Inserts of different partitions that run at the same time; two cores gain nothing from more.
PARALLEL_INSERTS = 3
FIRST_BACKOFF_SECONDS = 0.1
LONGEST_BACKOFF_SECONDS = 2.0
STOP_SECONDS = 1.5


class Abandoned(Exception):
    """The round was given up: the group moves or the sink stops. Nothing is lost, the range is announced."""


class Sink:
    """Reads all topics in one group; call `run`, and `stop` from a signal.

    Parameters
    ----------
    tables
        By topic.
    inserter
        Where rows go.

    """

    def __init__(
        self,
        bootstrap_servers: str,
        tables: Mapping[str, Table[Any]],
        inserter: Inserter,
        settings: SinkSettings,
    ) -> None:
        self.tally = Tally()
        self._bootstrap_servers = bootstrap_servers
        self._tables = tables
        self._inserter = inserter
        self._settings = settings
        self._owned: dict[str, OwnedTopic] = {}
        self._threads = ThreadPoolExecutor(PARALLEL_INSERTS, "insert")
        self._stopping = asyncio.Event()
        # Held while a round is fetched into buffers and written: a rebalance waits for its end.
        self._round = asyncio.Lock()
        # Between the start of a rebalance and its end nobody knows what is ours, though records may come.
        self._moving = True
        self._adopted = False
        self._round_seconds = 0.0
        self._passed_at: float | None = None
        timeout = int(settings.session_timeout_seconds * 1000)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            group_id=settings.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=timeout,
            heartbeat_interval_ms=timeout // 4,
            # While ClickHouse is away nothing is fetched; that is no reason to leave the group.
            max_poll_interval_ms=24 * 3_600_000,
            max_partition_fetch_bytes=BROKER_MAX_BYTES,
            partition_assignment_strategy=(WholeTopics,),
        )

    def stop(self) -> None:
        """Let `run` end after the round in flight."""
        self._stopping.set()

    async def run(self) -> None:
        """Write until stopped.

        Raises
        ------
        Stop
            ClickHouse refuses rows, or a topic was made anew under the sink.

        """
        self._consumer.subscribe(list(self._tables), listener=RebalanceGate(self))
        try:
            await self._consumer.start()
            while not self._stopping.is_set():
                self._passed_at = self._now()
                fetched = await self._consumer.getmany(
                    timeout_ms=int(self._patience() * 1000), max_records=self._settings.batch_rows
                )
                async with self._round:
                    if self._moving:
                        continue  # fetched before the group said whose it is; adopting seeks back
                    if not self._adopted:
                        self._adopted = await self._adopt()
                        continue
                    self._buffer(fetched)
                    await self._write_due()
        finally:
            log.info("sink stops", extra=self.tally.fields())
            await self._leave()

    async def _leave(self) -> None:
        """Leave the group, so that others take over at once."""
        self._moving = True
        try:
            await asyncio.wait_for(self._consumer.stop(), STOP_SECONDS)
        except TimeoutError:
            log.warning("left the group without a word")
        self._threads.shutdown(wait=False, cancel_futures=True)

    def reading(self) -> Reading:
        """Tell how the sink stands now. Its lag is what it has not read, and what it has not written yet."""
        return Reading(
            agent="sink",
            phase="running" if self._adopted else "waiting",
            partitions=sum(len(own.next_offsets) for own in self._owned.values()),
            events=sum(self.tally.rows.values()),
            repeats=self.tally.repeats,
            refused=self.tally.refused,
            lag=sum(map(self._lag, self._owned.values())),
            last_pass_seconds=None if self._passed_at is None else self._now() - self._passed_at,
        )

    def _lag(self, own: OwnedTopic) -> int:
        lag = own.rows_waiting
        for number, next_offset in enumerate(own.next_offsets):
            with suppress(IllegalStateError):  # it is being taken away
                end = self._consumer.highwater(TopicPartition(own.table.topic.name, number))
                lag += max(0, (end or 0) - next_offset)
        return lag

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _patience(self) -> float:
        """How long to wait for more records: until the first buffered one is due."""
        waiting = [own.waiting_since for own in self._owned.values() if own.rows_waiting]
        if not waiting or not self._adopted:
            return POLL_SECONDS
        return min(
            POLL_SECONDS,
            max(SHORTEST_POLL_SECONDS, min(waiting) + self._settings.batch_seconds - self._now()),
        )

    async def _adopt(self) -> bool:
        """Find out what is ours since the rebalance and where to go on; False if it moved again meanwhile."""
        consumer = self._consumer
        try:
            assigned = consumer.assignment()
            starts = await consumer.beginning_offsets(assigned) if assigned else {}
            current = await asyncio.to_thread(generations, self._bootstrap_servers, self._tables)
            committed = await asyncio.to_thread(
                committed_offsets, self._bootstrap_servers, self._settings.group
            )
            owned = {
                topic: OwnedTopic(
                    self._tables[topic],
                    go_on_at(topic, partitions, current[topic], starts, committed),
                    self._numbers(self._tables[topic]),
                )
                for topic, partitions in by_topic(assigned).items()
            }
            for partition in assigned:
                consumer.seek(partition, owned[partition.topic].next_offsets[partition.partition])
        except (IllegalStateError, KafkaError, AdminError, KeyError) as error:
            log.warning("asking again for our topics", extra={"cause": repr(error)})
            await asyncio.sleep(POLL_SECONDS)
            return False
        failpoints.reach("before-adopting-topics")
        self._owned = owned
        again = sum(own.position.announced is not None for own in owned.values())
        log.info("topics assigned", extra={"topics": sorted(owned), "batches_to_write_again": again})
        return True

    def _numbers(self, table: Table[Any]) -> NumbersWritten | None:
        return NumbersWritten(partial(self._inserter.numbers_written, table)) if table.numbered else None

    def _buffer(self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]) -> None:
        now = self._now()
        for partition, records in fetched.items():
            own = self._owned.get(partition.topic)
            number = partition.partition
            if own is None or own.take(number, records, now):
                continue
            expected = own.next_offsets[number]
            if own.sought.get(number) == expected:
                raise Stop(
                    f"{partition.topic}[{number}] ends before offset {expected}, which was read: the topic "
                    "was made anew; start the sink again"
                )
            own.sought[number] = expected
            self._consumer.seek(partition, expected)

    async def _write_due(self) -> None:
        """Announce, insert and commit all that is due, as one round."""
        waiting = sum(own.rows_waiting for own in self._owned.values())
        full = waiting >= MOST_BUFFERED_BATCHES * self._settings.batch_rows
        due = [own for own in self._owned.values() if await self._is_due(own, full=full)]
        if not due:
            return
        began = self._now()
        batches = [own.cut(self._settings.batch_rows) for own in due]
        try:
            await self._commit(
                {batch.table.topic.name: batch.announced for batch in batches if not batch.again}
            )
            failpoints.reach("range-announced")
            # all end before anything is written again, whatever one of them raises
            outcomes = await asyncio.gather(*map(self._write, batches), return_exceptions=True)
            for outcome in outcomes:
                if outcome is not None:
                    raise outcome
            failpoints.reach("rows-before-commit")
            await self._commit({batch.table.topic.name: batch.rows.after for batch in batches if batch.rows})
            failpoints.reach("rows-committed")
        except Abandoned as reason:
            log.warning("round given up", extra={"cause": str(reason), "batches": len(batches)})
            self._adopted = False
            return
        self._round_seconds = self._now() - began
        for own, batch in zip(due, batches, strict=True):
            own.written(batch, self._now())

    async def _is_due(self, own: OwnedTopic, *, full: bool) -> bool:
        if not own.rows_waiting and own.position.announced is None:
            return False
        partitions = [TopicPartition(own.table.topic.name, n) for n in range(len(own.next_offsets))]
        try:
            ends = [self._consumer.highwater(partition) or 0 for partition in partitions]
            read_to = [await self._consumer.position(partition) for partition in partitions]
        except IllegalStateError:
            return False  # it is being taken away
        patience = self._settings.batch_seconds
        if not own.table.urgent:
            slow = min(PATIENCE_AFTER_ROUND * self._round_seconds, LONGEST_PATIENCE_SECONDS)
            patience = max(PATIENCE_UNHURRIED * patience, slow)
        if any(map(gt, ends, own.next_offsets)):
            patience = max(patience, PATIENCE_BEHIND * self._settings.batch_seconds)
        return own.is_due(
            self._now(), rows=self._settings.batch_rows, seconds=0 if full else patience, read_to=read_to
        )

    async def _write(self, batch: Batch) -> None:
        """Insert one range, again and again until it is in; then it may be committed."""
        backoff = FIRST_BACKOFF_SECONDS
        while True:
            try:
                await self._try_to_write(batch)
                return
            except StoreAbsent as error:
                if backoff == FIRST_BACKOFF_SECONDS:
                    log.warning("waiting for ClickHouse", extra=where(batch) | {"cause": str(error)})
                await self._pause(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF_SECONDS)

    async def _try_to_write(self, batch: Batch) -> None:
        loop = asyncio.get_running_loop()
        if batch.rows is None:
            batch.rows = await loop.run_in_executor(self._threads, make_rows, batch)
            self._count(batch)
        rows = batch.rows
        if not rows.count:
            return
        if batch.again:
            there = await loop.run_in_executor(self._threads, self._inserter.rows_there, batch)
            self.tally.rows_already_there += there
            log.info("batch written again", extra=where(batch) | {"rows_already_there": there})
        await loop.run_in_executor(self._threads, self._inserter.insert, batch, rows)
        self.tally.inserts += 1
        self.tally.rows[batch.table.name] += rows.count
        failpoints.reach("rows-inserted")

    def _count(self, batch: Batch) -> None:
        rows = batch.rows
        if rows is None:
            return
        self.tally.batches_again += batch.again
        self.tally.refused += rows.refused
        self.tally.repeats += rows.repeats
        self.tally.gaps += rows.gaps
        if rows.refused:
            log.warning(
                "records refused", extra=where(batch) | {"refused": rows.refused, "reason": rows.reason}
            )
        if rows.repeats:
            log.info("repeats dropped", extra=where(batch) | {"repeats": rows.repeats})
        if rows.gaps:
            log.error("origins are missing in a dense topic", extra=where(batch) | {"gaps": rows.gaps})

    async def _commit(self, positions: Mapping[str, Position]) -> None:
        """Commit where the sink stands: in partition 0's metadata, and as plain offsets for lag tools."""
        offsets = {
            TopicPartition(topic, number): (offset, position.metadata() if number == 0 else "")
            for topic, position in positions.items()
            for number, offset in enumerate(position.offsets)
        }
        backoff = FIRST_BACKOFF_SECONDS
        while offsets:
            try:
                await self._consumer.commit(offsets)
                return
            except (CommitFailedError, IllegalStateError) as error:
                raise Abandoned(f"the group moved on: {error!r}") from None
            except KafkaError as error:
                if not error.retriable:
                    raise Stop(f"Kafka refuses to commit: {error!r}") from None
                log.warning("committing again", extra={"cause": repr(error)})
                await self._pause(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF_SECONDS)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the round should be given up."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        if self._stopping.is_set() or self._moving:
            raise Abandoned("the sink stops" if self._stopping.is_set() else "the group moves")

    async def partitions_revoked(self) -> None:
        """Wait for the round in flight, which gives up at its next pause."""
        self._moving = True
        async with self._round:
            failpoints.reach("topics-revoked")
            self._adopted = False
            self._owned = {}

    def partitions_assigned(self) -> None:
        """Let the next round find out what is ours."""
        self._moving = False


def where(batch: Batch) -> dict[str, object]:
    """Name a batch in a log line."""
    ranges = {f"{number}": f"{first}-{last}" for number, (first, last) in batch.ranges.items()}
    return {"topic": batch.table.topic.name, "offsets": ranges}
