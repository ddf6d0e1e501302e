"""What a process writes: acknowledged by every replica, in order, and never twice by a retry."""

import asyncio
import logging
from collections.abc import Sequence
from math import inf
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError
from aiokafka.producer.message_accumulator import BatchBuilder
from mode import Service

from schemas.topics import Topic
from streams import failpoints
from streams.batch import Batch, KeyedRecord
from streams.closing import close_within
from streams.connecting import connect
from streams.keyed_records import keyed_partition

__all__ = ["Outputs"]

# A quarter of what the broker takes at once; a batch of a source that is larger goes in several.
KAFKA_BATCH_BYTES = 1_048_576
STOP_TIMEOUT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Outputs(Service):
    """The idempotent producer of one process.

    Whoever waits for a method to return knows that Kafka has what was given. There is no giving up: a
    broker that is away is waited for. Every error that comes through means that records may be missing,
    so the process must end and start again from the committed offset.

    Parameters
    ----------
    bootstrap_servers
        host:port of the brokers.

    """

    def __init__(self, bootstrap_servers: str, **service: Any) -> None:
        super().__init__(**service)
        self._bootstrap_servers = bootstrap_servers
        self._producer: AIOKafkaProducer | None = None

    async def on_start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            enable_idempotence=True,
            max_batch_size=KAFKA_BATCH_BYTES,
            max_request_size=4 * KAFKA_BATCH_BYTES,
        )
        # It gives up a batch of a partition that has had no leader for 40 s, and has no setting for it.
        self._producer._message_accumulator._batch_ttl = inf
        await connect(self._producer)

    async def on_stop(self) -> None:
        """Disconnect; a broker that is away is not waited for: what was not acknowledged is made again."""
        if self._producer is not None:
            await close_within(STOP_TIMEOUT_SECONDS, self._producer.stop, "the producer")

    async def write_dense_of(self, batches: Sequence[Batch[Any]]) -> None:
        """Write the dense records of consecutive batches of a partition; return once acknowledged."""
        found: dict[str, tuple[Topic, list[bytes]]] = {}
        for batch in batches:
            if batch.dense is not None:
                topic, values = batch.dense
                found.setdefault(topic.name, (topic, []))[1].extend(values)
        for topic, values in found.values():
            await self.write_dense(topic, batches[0].partition, values)

    async def write_keyed_of(self, batches: Sequence[Batch[Any]]) -> None:
        """Write the keyed records of a whole round; return once they are acknowledged.

        Topics go one after the other, in the order in which they were named first: a reader who sees a record
        of the second can rely on those of the first. All batches together, for each topic costs a request to
        the broker, behind which scores of the same process wait.
        """
        found: dict[str, tuple[Topic, list[KeyedRecord]]] = {}
        for batch in batches:
            for topic, records in batch.keyed:
                found.setdefault(topic.name, (topic, []))[1].extend(records)
        for topic, all_records in found.values():
            if all_records:
                await self.write_keyed(topic, all_records)
                failpoints.reach("keyed-topic-acknowledged")

    async def write_dense(self, topic: Topic, partition: int, values: Sequence[bytes]) -> None:
        """Write records in order to one partition."""
        await self._write_partition(topic, partition, [KeyedRecord(None, value) for value in values])

    async def write_keyed(self, topic: Topic, records: Sequence[KeyedRecord]) -> None:
        """Write records to the partitions of their keys; the order of a key is kept."""
        by_partition: dict[int, list[KeyedRecord]] = {}
        for record in records:
            by_partition.setdefault(keyed_partition(topic, record.key or b""), []).append(record)
        await asyncio.gather(
            *(self._write_partition(topic, partition, some) for partition, some in by_partition.items())
        )

    async def _write_partition(self, topic: Topic, partition: int, records: Sequence[KeyedRecord]) -> None:
        """Write records with one unacknowledged Kafka batch at a time.

        Cost: 4 µs a record of 900 bytes; aiokafka's `send` costs 9, and 15 more for the partition.
        """
        producer = self.producer
        kafka_batch = producer.create_batch()
        for key, value in records:
            if kafka_batch.append(key=key, value=value, timestamp=None) is None:
                await self._send(kafka_batch, topic, partition)
                kafka_batch = producer.create_batch()
                kafka_batch.append(key=key, value=value, timestamp=None)
        if kafka_batch.record_count():
            await self._send(kafka_batch, topic, partition)

    async def _send(self, kafka_batch: BatchBuilder, topic: Topic, partition: int) -> None:
        """Send one Kafka batch and wait for its acknowledgement.

        Of one that was taken aiokafka never gives up, since it is idempotent. It does not take another one of
        the same partition meanwhile, and says so after 40 s: then nothing was sent, and it is offered again.
        """
        while True:
            try:
                acknowledgement = await self.producer.send_batch(kafka_batch, topic.name, partition=partition)
            except KafkaTimeoutError:
                log.warning(
                    "waiting for earlier records to be acknowledged",
                    extra={"topic": topic.name, "partition": partition},
                )
            else:
                failpoints.reach("outputs-sent")
                await acknowledgement
                failpoints.reach("outputs-partly-acknowledged")
                return

    @property
    def producer(self) -> AIOKafkaProducer:
        """The connected producer."""
        if self._producer is None:
            raise RuntimeError("outputs are used before start or after stop")
        return self._producer
