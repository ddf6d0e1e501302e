"""Reading a topic from its start to its present end, for commands: no group, no state."""

from collections.abc import Iterator
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

from schemas.topics import Topic

__all__ = ["read_partition", "read_whole"]

POLL_MS = 1_000
FETCH_BYTES = 4 * 1_048_576
RECORDS = 5_000


def read_partition(bootstrap_servers: str, topic: Topic, number: int) -> Iterator[bytes]:
    """Yield the values of one partition, up to where it ended at the first; memory is bounded."""
    partition = TopicPartition(topic.name, number)
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers.split(","),
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
        max_poll_records=RECORDS,
        auto_offset_reset="earliest",
    )
    with closing(consumer):
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        while consumer.position(partition) < end:
            for record in consumer.poll(timeout_ms=POLL_MS).get(partition, []):
                if record.offset < end:
                    yield record.value or b""


def read_whole(bootstrap_servers: str, topic: Topic) -> Iterator[bytes]:
    """Yield the values of all partitions, one partition after the other."""
    for number in range(topic.partitions):
        yield from read_partition(bootstrap_servers, topic, number)
