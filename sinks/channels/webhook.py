"""Alerts and what explains them from Kafka to a webhook, at least once, each in its newest state.

Reads: alerts, causes
Writes: nothing in Kafka but its place
Key: the alert
State: what is read and not delivered, in memory
Delivery: an offset is committed once everything before it is answered with 2xx or set aside in a file. After
a crash alerts are read, and at times posted, again, with the same delivery id. A new group begins with the
alerts of the moment at which it first runs.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from schemas.topics import ALERTS, BROKER_MAX_BYTES, CAUSES
from sinks.channels.hook import Hook, Outcome
from sinks.channels.pending import Pending, Place, Waiting
from sinks.channels.set_aside import SetAsideFile
from sinks.channels.settings import WebhookSettings
from streams.closing import close_within
from streams.rebalance_gate import RebalanceGate

__all__ = ["Webhook"]

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
MOST_READ = 500
MOST_WAITING = 10_000
"""Alerts held in memory, some 30 MB; then nothing more is read. Chosen, not tuned."""
COMMIT_SECONDS = 2.0
"""While Kafka is away a commit waits for it; what is in memory can be delivered meanwhile."""
STOP_SECONDS = 2.0
"""A delivery in flight may end when we are told to stop; a receiver that hangs does not hold us longer."""


class Webhook:
    """Reads alerts in one group and posts them, one at a time; call `run`, and `stop` from a signal.

    One at a time keeps the order of each alert, and asks nothing of a receiver that is in trouble. What
    explains an alert is in the partition with the alert's number, and the same process reads both.

    Parameters
    ----------
    bootstrap_servers
        host:port, separated by commas.
    hook
        Where to post; open.
    shown
        The receiver's name in log lines.

    """

    def __init__(
        self,
        bootstrap_servers: str,
        hook: Hook,
        *,
        settings: WebhookSettings,
        pending: Pending,
        set_aside: SetAsideFile,
        shown: str,
    ) -> None:
        self._hook = hook
        self._settings = settings
        self._pending = pending
        self._set_aside = set_aside
        self._shown = shown
        self._said = ""
        self._stopping = asyncio.Event()
        # Held from reading to committing: a rebalance waits for the delivery in flight.
        self._round = asyncio.Lock()
        self._moving = True
        self._adopted = False
        self._committed: dict[TopicPartition, int] = {}
        timeout = int(settings.session_timeout_seconds * 1000)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            group_id=settings.group,
            enable_auto_commit=False,
            # where our place was deleted by age; a group without a place begins at the end, see `_adopt`
            auto_offset_reset="earliest",
            session_timeout_ms=timeout,
            heartbeat_interval_ms=timeout // 4,
            # a receiver that is away for long is no reason to leave the group
            max_poll_interval_ms=24 * 3_600_000,
            max_partition_fetch_bytes=BROKER_MAX_BYTES,
            # partitions of one number together; the second for a group with members that know only alerts
            partition_assignment_strategy=(RangePartitionAssignor, RoundRobinPartitionAssignor),
        )

    def stop(self) -> None:
        """Let `run` end soon."""
        self._stopping.set()

    async def run(self) -> None:
        """Deliver until stopped.

        Raises
        ------
        Stop
            The file for what is set aside cannot be written.

        """
        self._consumer.subscribe([ALERTS.name, CAUSES.name], listener=RebalanceGate(self))
        try:
            await self._consumer.start()
            while not self._stopping.is_set():
                fetched = await self._read()
                written = await self._alerts_written(fetched)
                async with self._round:
                    if self._moving or self._stopping.is_set():
                        continue  # read before the group said whose it is; adopting seeks back
                    if not self._adopted:
                        self._adopted = await self._adopt()
                        if self._adopted:
                            await self._commit()
                        continue
                    self._take(fetched, written)
                    waiting = self._pending.due(self._now())
                    if waiting is not None:
                        await self._deliver(waiting)
                    await self._commit()
        finally:
            self._moving = True
            await close_within(STOP_SECONDS, self._consumer.stop, "consumer")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _read(self) -> Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]:
        """Fetch what there is; wait for more only as long as nothing is due."""
        patience = self._pending.seconds_until_due(self._now(), at_most=POLL_SECONDS)
        if len(self._pending) >= MOST_WAITING:
            await asyncio.sleep(patience)
            return {}
        return await self._consumer.getmany(  # type: ignore[no-any-return]  # aiokafka ships no types
            timeout_ms=int(patience * 1000), max_records=MOST_READ
        )

    async def _alerts_written(self, fetched: Iterable[TopicPartition]) -> Mapping[int, Place]:
        """Say, where explanations were fetched, up to where alerts are written by now, theirs among them."""
        numbers = [one.partition for one in fetched if one.topic == CAUSES.name]
        partitions = [TopicPartition(ALERTS.name, number) for number in numbers]
        while partitions and not self._stopping.is_set():
            try:
                ends = await self._consumer.end_offsets(partitions)
                return {one.partition: Place(one, end) for one, end in ends.items()}
            except KafkaError as error:
                log.warning("asking again how far alerts are written", extra={"cause": repr(error)})
                await asyncio.sleep(POLL_SECONDS)
        return {}

    async def _adopt(self) -> bool:
        """Go on at the committed places; where there is none, begin now and commit that at once.

        Otherwise a first alert that fails, and a restart, would begin behind it.
        """
        try:
            assigned = list(self._consumer.assignment())
            ends = await self._consumer.end_offsets(assigned)
            starts = await self._consumer.beginning_offsets(assigned)
            found = {one: await self._consumer.committed(one) for one in assigned}
            begin = {
                one: ends[one] if found[one] is None else max(found[one], starts[one]) for one in assigned
            }
            for partition, offset in begin.items():
                self._consumer.seek(partition, offset)
        except (IllegalStateError, KafkaError) as error:
            log.warning("asking again for our partitions", extra={"cause": repr(error)})
            await asyncio.sleep(POLL_SECONDS)
            return False
        self._pending.begin(begin)
        self._committed = {one: offset for one, offset in found.items() if offset is not None}
        log.info(
            "webhook reads",
            extra={"hook": self._shown, "partitions": sorted({one.partition for one in begin})},
        )
        return True

    def _take(
        self,
        fetched: Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]],
        written: Mapping[int, Place],
    ) -> None:
        """Put records into memory. The value is not decoded: what is posted is what the topic holds."""
        for partition, records in fetched.items():
            after = written.get(partition.partition) if partition.topic == CAUSES.name else None
            for record in records:
                if record.key is None or record.value is None:
                    self._pending.skip(partition, record.offset)
                    continue
                alert_id = record.key.decode("utf-8", "replace")
                place = Place(partition, record.offset)
                self._pending.take(place, alert_id, record.value, now=self._now(), after=after)

    async def _deliver(self, waiting: Waiting) -> None:
        outcome = await self._posted(waiting)
        if outcome is None:
            return
        if outcome.kind == "delivered":
            self._pending.done(waiting)
            if self._said:
                log.info("webhook delivers again", extra={"hook": self._shown, "waiting": len(self._pending)})
            self._said = ""
            return
        self._say_failure(waiting, outcome)
        late = self._now() - waiting.since > self._settings.give_up_after_seconds
        if outcome.kind == "refused" or late:
            reason = outcome.reason if outcome.kind == "refused" else f"given up: {outcome.reason}"
            await asyncio.to_thread(self._set_aside.append, waiting.alert_id, waiting.body, reason)
            log.error(
                "alert set aside",
                extra={
                    "hook": self._shown,
                    "topic": waiting.topic,
                    "alert_id": waiting.alert_id,
                    "reason": reason,
                },
            )
            self._pending.done(waiting)
        else:
            self._pending.failed(waiting, now=self._now(), wait_seconds=outcome.wait_seconds)

    async def _posted(self, waiting: Waiting) -> Outcome | None:
        """Post; None if we are told to stop and the receiver does not answer soon after."""
        posting = asyncio.create_task(self._hook.post(waiting.body, waiting.topic))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({posting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not posting.done():
            await asyncio.wait({posting}, timeout=STOP_SECONDS)
        if posting.done():
            return posting.result()
        posting.cancel()
        with suppress(asyncio.CancelledError):
            await posting
        return None

    def _say_failure(self, waiting: Waiting, outcome: Outcome) -> None:
        """Log a failure when it begins or changes its reason, not at every attempt."""
        if outcome.reason != self._said:
            self._said = outcome.reason
            log.warning(
                "webhook fails",
                extra={
                    "hook": self._shown,
                    "alert_id": waiting.alert_id,
                    "reason": outcome.reason,
                    "waiting": len(self._pending),
                },
            )

    async def _commit(self) -> None:
        """Commit up to where everything is delivered; a failure is made good by the next commit."""
        safe = self._pending.safe_offsets()
        if safe == self._committed:
            return
        try:
            await asyncio.wait_for(self._consumer.commit(safe), COMMIT_SECONDS)
            self._committed = safe
        except (CommitFailedError, IllegalStateError) as error:
            log.warning("the group moved on", extra={"cause": repr(error)})
            self._adopted = False
        except (KafkaError, TimeoutError) as error:
            log.warning("not committed yet", extra={"cause": repr(error)})

    async def partitions_revoked(self) -> None:
        """Wait for the delivery in flight, whose alert would otherwise be overtaken by its successor's."""
        self._moving = True
        async with self._round:
            self._adopted = False

    def partitions_assigned(self) -> None:
        """Let the next round find out what is ours."""
        self._moving = False
