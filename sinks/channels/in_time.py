"""Records of several partitions in the order in which Kafka took them."""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord, TopicPartition

__all__ = ["InTime"]

Record: TypeAlias = ConsumerRecord[Any, Any]  # type: ignore[valid-type,unused-ignore]  # it ships no types


class InTime:
    """Merges partitions by append time while a backlog is read, then passes everything on as it comes.

    Of records of the same moment, those of the partition that was named first come first.

    Parameters
    ----------
    ends
        Per partition, the offset at which its backlog ends.
    positions
        Per partition, where reading begins.

    """

    def __init__(self, ends: Mapping[TopicPartition, int], positions: Mapping[TopicPartition, int]) -> None:
        self._ends = dict(ends)
        self._next = dict(positions)
        self._held: dict[TopicPartition, deque[Record]] = {partition: deque() for partition in ends}

    def wanted(self) -> Collection[TopicPartition]:
        """Name the partitions to fetch from: those of which nothing is held, so memory stays bounded."""
        return [partition for partition, held in self._held.items() if not held]

    def take(self, partition: TopicPartition, records: Sequence[Record], *, read_to: int) -> None:
        """Hold what was fetched; `read_to` is the consumer's position, which passes deleted records too."""
        self._held[partition].extend(records)
        self._next[partition] = max(self._next[partition], read_to)

    def holds(self, topic: str) -> bool:
        """Say whether a record of a topic waits."""
        return any(held and partition.topic == topic for partition, held in self._held.items())

    def wait_for(self, ends: Mapping[TopicPartition, int]) -> None:
        """Hold everything until these partitions are read so far."""
        self._ends.update(ends)

    def ready(self) -> Iterator[Record]:
        """Yield what no record still to come can precede."""
        while True:
            held = [records for records in self._held.values() if records]
            behind = any(
                not self._held[partition] and self._next[partition] < end
                for partition, end in self._ends.items()
            )
            if not held or behind:
                return
            yield min(held, key=lambda records: records[0].timestamp).popleft()
