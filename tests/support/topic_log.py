"""Writing to topics and reading them whole."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple, TypeVar

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError
from pydantic import BaseModel

from producers.administration import check_topics, create_topics, delete_groups, delete_topics
from schemas.topics import MAX_RECORD_BYTES, TOPICS, Topic
from tests.support.patience import PATIENCE_SECONDS

__all__ = [
    "Raw",
    "committed",
    "empty_topics",
    "end_offset",
    "producing",
    "read_raw",
    "read_topic",
    "send",
    "send_raw",
    "wait_until_committed",
]

Record = TypeVar("Record", bound=BaseModel)


class Raw(NamedTuple):
    """A record as Kafka has it."""

    partition: int
    offset: int
    value: bytes


def send(bootstrap_servers: str, topic: Topic, events: Iterable[Any], partition: int | None = None) -> None:
    """Send events and wait until Kafka has them all."""
    send_raw(
        bootstrap_servers,
        topic,
        ((event.key.encode(), event.model_dump_json().encode()) for event in events),
        partition,
    )


def send_raw(
    bootstrap_servers: str,
    topic: Topic,
    records: Iterable[tuple[bytes | None, bytes | None]],
    partition: int | None = None,
) -> None:
    """Send bytes as they are, without anybody's check, and wait until Kafka has them all."""
    with closing(
        KafkaProducer(bootstrap_servers=bootstrap_servers, max_request_size=4 * MAX_RECORD_BYTES, linger_ms=5)
    ) as producer:
        sent = [
            producer.send(topic.name, key=key, value=value, partition=partition) for key, value in records
        ]
        for future in sent:
            future.get(timeout=PATIENCE_SECONDS)


def producing(bootstrap_servers: str) -> "closing[KafkaProducer]":
    """Open a producer for a `with` block; what it sends is acknowledged by all replicas."""
    return closing(
        KafkaProducer(bootstrap_servers=bootstrap_servers, max_request_size=4 * MAX_RECORD_BYTES, linger_ms=1)
    )


def read_raw(bootstrap_servers: str, topic: Topic) -> Iterator[Raw]:
    """Read a topic from its start to its present end."""
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    with closing(
        KafkaConsumer(bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest")
    ) as consumer:
        consumer.assign(partitions)
        left = sum(consumer.end_offsets(partitions).values())
        while left > 0:
            for records in consumer.poll(timeout_ms=1000).values():
                left -= len(records)
                for record in records:
                    yield Raw(record.partition, record.offset, record.value)


def read_topic(bootstrap_servers: str, topic: Topic, model: type[Record]) -> list[Record]:
    """Read a topic from its start to its present end and check every record against its contract."""
    return [model.model_validate_json(raw.value) for raw in read_raw(bootstrap_servers, topic)]


def end_offset(bootstrap_servers: str, topic: Topic) -> int:
    """Count the records of a topic that was never cleaned."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers)) as admin:
        return sum(ends_of(admin, [topic]).values())


def ends_of(admin: KafkaAdminClient, topics: Iterable[Topic]) -> dict[TopicPartition, int]:
    """Say where each partition ends; all topics must exist."""
    partitions = [
        TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)
    ]
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    return {partition: end.offset for partition, end in ends.items()}


def empty_topics(bootstrap_servers: str) -> None:
    """Delete every consumer group, and have all topics of the contract there, without a record."""
    delete_groups(bootstrap_servers)
    if check_topics(bootstrap_servers):
        delete_topics(bootstrap_servers)
        create_topics(bootstrap_servers)
    elif used := used_topics(bootstrap_servers):  # an empty one is as good as a new one, which costs 10 ms
        delete_topics(bootstrap_servers, used)
        create_topics(bootstrap_servers)


def used_topics(bootstrap_servers: str) -> set[str]:
    """Name the contract's topics that were written to since they were made; all of them must exist."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers)) as admin:
        return {partition.topic for partition, end in ends_of(admin, TOPICS.values()).items() if end > 0}


def committed(bootstrap_servers: str, group: str, topic: Topic) -> int:
    """Count the records of a topic that a group has committed."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers)) as admin:
        return committed_of(admin, group, topic)


def committed_of(admin: KafkaAdminClient, group: str, topic: Topic) -> int:
    """Count the same over a connection that is there."""
    try:
        offsets = admin.list_group_offsets([group])[group]
    except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError):
        return 0  # the first group of a broker makes the topic of all offsets
    return sum(max(0, entry.offset) for tp, entry in offsets.items() if tp.topic == topic.name)


def wait_until_committed(
    bootstrap_servers: str, group: str, topic: Topic, *, count: int | None = None
) -> None:
    """Wait until a group has committed so many records of a topic, or all there are."""
    wanted = end_offset(bootstrap_servers, topic) if count is None else count
    deadline = time.monotonic() + PATIENCE_SECONDS
    # one connection for all looks: a look costs 4 ms of CPU, here and in the broker, and 26 with its own
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers)) as admin:
        while (have := committed_of(admin, group, topic)) < wanted:
            if time.monotonic() > deadline:
                raise AssertionError(f"{group} committed {have} of {wanted} records of {topic.name}")
            time.sleep(0.1)
