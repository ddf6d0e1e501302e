"""Single records of a topic: the last of each partition, and the first from a moment on."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from kafka import KafkaConsumer, TopicPartition
from pydantic import ValidationError

from schemas.topics import TRANSACTIONS, Topic
from schemas.transaction import Transaction

__all__ = ["last_values", "offsets_from"]

POLL_MS = 1_000
FETCH_BYTES = 65_536


@contextmanager
def _reading(bootstrap_servers: str, topic: Topic) -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers.split(","),
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    with closing(consumer):
        consumer.assign([TopicPartition(topic.name, number) for number in range(topic.partitions)])
        yield consumer


def last_values(bootstrap_servers: str, topic: Topic) -> dict[int, bytes]:
    """Read the last record of each partition that has one."""
    found: dict[int, bytes] = {}
    with _reading(bootstrap_servers, topic) as consumer:
        partitions = list(consumer.assignment())
        begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
        full = [partition for partition in partitions if ends[partition] > begins[partition]]
        consumer.assign(full)
        for partition in full:
            consumer.seek(partition, ends[partition] - 1)
        while len(found) < len(full):
            for partition, records in consumer.poll(timeout_ms=POLL_MS).items():
                found[partition.partition] = records[-1].value
    return found


def offsets_from(bootstrap_servers: str, moment: datetime) -> tuple[list[int], datetime | None]:
    """Find, per partition of `transactions`, the first payment made at or after a moment.

    Payments are nearly in the order of their times, so it is found by halving; where late ones mix with
    others it is one of the places at which the moment is crossed, and always the same one.

    Returns
    -------
    offsets
        The end of a partition where all are earlier.
    known_since
        Time of the latest first payment of a partition whose beginning Kafka has deleted already: what was
        before is not known. None if nothing was deleted.

    Cost: about 20 fetches a partition of a million payments.

    """
    offsets: list[int] = []
    cut: list[datetime] = []
    with _reading(bootstrap_servers, TRANSACTIONS) as consumer:
        for number in range(TRANSACTIONS.partitions):
            partition = TopicPartition(TRANSACTIONS.name, number)
            consumer.assign([partition])
            low = begin = consumer.beginning_offsets([partition])[partition]
            high = end = consumer.end_offsets([partition])[partition]
            while low < high:
                middle = (low + high) // 2
                at = _time_at(consumer, partition, middle, end)
                if at is not None and at < moment:
                    low = middle + 1
                else:
                    high = middle
            offsets.append(low)
            first = _time_at(consumer, partition, begin, end) if 0 < begin < end else None
            if first is not None:
                cut.append(first)
    return offsets, max(cut, default=None)


def _time_at(consumer: KafkaConsumer, partition: TopicPartition, offset: int, end: int) -> datetime | None:
    """Give the time of the first readable payment from an offset on; None if none follows."""
    consumer.seek(partition, offset)
    while consumer.position(partition) < end:
        for record in consumer.poll(timeout_ms=POLL_MS).get(partition, []):
            try:
                return Transaction.model_validate_json(record.value or b"").occurred_at
            except ValidationError:
                continue
    return None
