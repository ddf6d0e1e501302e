"""Filling topics before a measurement, following their ends, and reading what came out."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from aiokafka import AIOKafkaProducer
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from pydantic import BaseModel

from benchmarks.workload import partition_of
from producers.administration import create_topics
from schemas.topics import SCORES, Topic

__all__ = [
    "EndOffsets",
    "Partitions",
    "encode",
    "fill",
    "fresh_topics",
    "make_output_topic",
    "pour",
    "read_values",
    "write",
]

BATCH_BYTES = 262_144

Partitions = dict[int, list[tuple[bytes, bytes]]]
"""Keys and values by the number of their partition."""


def fill(bootstrap_servers: str, topic: Topic, events: Iterable[BaseModel]) -> tuple[int, int]:
    """Write events to the partitions of their keys; give the bytes of the smallest and of all records."""
    partitions = encode(topic, events)
    write(bootstrap_servers, topic, partitions)
    sizes = [len(value) for records in partitions.values() for _, value in records]
    return min(sizes), sum(sizes)


def encode(topic: Topic, events: Iterable[BaseModel]) -> Partitions:
    """Make the records of each partition, key and value."""
    partitions: Partitions = defaultdict(list)
    for event in events:
        key: str = event.key  # type: ignore[attr-defined]  # every record of the contract has one
        value = event.model_dump_json(exclude_none=True).encode()
        partitions[partition_of(topic, key)].append((key.encode(), value))
    return partitions


def write(bootstrap_servers: str, topic: Topic, partitions: Partitions) -> None:
    """Write the records of each partition."""
    pour(
        bootstrap_servers,
        topic,
        ((number, key, value) for number, records in partitions.items() for key, value in records),
    )


def pour(bootstrap_servers: str, topic: Topic, records: Iterable[tuple[int, bytes | None, bytes]]) -> int:
    """Write records (partition, key, value) as they are made, holding few; give the bytes of all values."""
    return asyncio.run(_pour(bootstrap_servers, topic, records))


async def _pour(
    bootstrap_servers: str, topic: Topic, records: Iterable[tuple[int, bytes | None, bytes]]
) -> int:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers, enable_idempotence=True, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    total = 0
    try:
        batches = {number: producer.create_batch() for number in range(topic.partitions)}
        for partition, key, value in records:
            total += len(value)
            if batches[partition].append(key=key, value=value, timestamp=None) is None:
                await (await producer.send_batch(batches[partition], topic.name, partition=partition))
                batches[partition] = producer.create_batch()
                batches[partition].append(key=key, value=value, timestamp=None)
        for partition, batch in batches.items():
            if batch.record_count():
                await (await producer.send_batch(batch, topic.name, partition=partition))
    finally:
        await producer.stop()
    return total


def fresh_topics(bootstrap_servers: str, topics: Sequence[Topic]) -> None:
    """Empty topics by making them anew."""
    names = {topic.name for topic in topics}
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers)) as admin:
        admin.delete_topics(sorted(names))
        while names & set(admin.list_topics()):
            pass
    create_topics(bootstrap_servers)


def make_output_topic(bootstrap_servers: str, name: str) -> None:
    """Make a topic like `scores` for a rival."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers)) as admin:
        admin.create_topics([NewTopic(name, SCORES.partitions, 1, topic_configs=SCORES.config())])


class EndOffsets:
    """Counts the records of a topic, cheaply and often."""

    def __init__(self, bootstrap_servers: str, name: str, partition_count: int = SCORES.partitions) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers)
        self._partitions = [TopicPartition(name, number) for number in range(partition_count)]

    def count(self) -> int:
        """Count the records now."""
        return sum(self.each())

    def each(self) -> list[int]:
        """Count the records of each partition now."""
        ends = self._consumer.end_offsets(self._partitions)
        return [ends[partition] for partition in self._partitions]

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()


def read_values(
    bootstrap_servers: str, name: str, partition_count: int = SCORES.partitions
) -> Iterator[tuple[int, bytes]]:
    """Read partition and value of every record that is in a topic now."""
    with closing(
        KafkaConsumer(
            bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", enable_auto_commit=False
        )
    ) as consumer:
        partitions = [TopicPartition(name, number) for number in range(partition_count)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for partition, records in consumer.poll(timeout_ms=500, max_records=5_000).items():
                for record in records:
                    yield partition.partition, record.value
