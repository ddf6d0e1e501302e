"""Records that were fetched before their turn, handed out in the order in which they were written."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from heapq import merge
from itertools import islice
from math import inf

from aiokafka import ConsumerRecord, TopicPartition

__all__ = ["Backlog"]

Records = list[ConsumerRecord]


class Waiting:
    """What waits of one partition. `stamps` are Kafka's append times in ms, made to never fall."""

    __slots__ = ("records", "stamps")

    def __init__(self) -> None:
        self.records: Records = []
        self.stamps: list[int] = []

    def add(self, records: Sequence[ConsumerRecord]) -> None:
        """Append records; what is here already, or older, is left out."""
        for record in records:
            if not self.records or record.offset > self.records[-1].offset:
                self.stamps.append(max(record.timestamp, self.stamps[-1] if self.stamps else 0))
                self.records.append(record)

    def below(self, bound: int) -> int:
        """Count the records with an offset below a bound."""
        return bisect_right(self.records, bound - 1, key=lambda record: record.offset)

    def take(self, count: int) -> Records:
        """Hand out the first so many."""
        taken = self.records[:count]
        del self.records[:count], self.stamps[:count]
        return taken


class Backlog:
    """Merges partitions by the time at which Kafka wrote their records.

    Parameters
    ----------
    slice_records
        Handed out at a time; within so many the order is by partition.

    """

    def __init__(self, slice_records: int) -> None:
        self._slice_records = slice_records
        self._waiting: dict[TopicPartition, Waiting] = {}

    def __bool__(self) -> bool:
        """Say whether anything waits."""
        return any(waiting.records for waiting in self._waiting.values())

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()

    def add(self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        """Take in what was fetched."""
        for partition, records in fetched.items():
            self._waiting.setdefault(partition, Waiting()).add(records)

    def missing(self, bounds: Mapping[TopicPartition, int]) -> list[TopicPartition]:
        """Name the partitions of which nothing waits, of those that are not read up to their bounds."""
        return [partition for partition in bounds if not self._has(partition)]

    def _has(self, partition: TopicPartition) -> bool:
        return partition in self._waiting and bool(self._waiting[partition].records)

    def take(self, bounds: Mapping[TopicPartition, int]) -> dict[TopicPartition, Records]:
        """Hand out the oldest records below the bounds; nothing while one partition may hold older ones.

        Parameters
        ----------
        bounds
            Per partition that is not read up to it yet: the first offset that has to wait.

        """
        if self.missing(bounds):
            return {}
        counts = {partition: self._waiting[partition].below(bound) for partition, bound in bounds.items()}
        # past its last stamp a partition that goes on may hold older records than another
        limit = min(
            (
                self._waiting[partition].stamps[-1]
                for partition, bound in bounds.items()
                if self._waiting[partition].records[-1].offset < bound - 1
            ),
            default=inf,
        )
        stamps = merge(
            *(islice(self._waiting[partition].stamps, count) for partition, count in counts.items())
        )
        cut = min(limit, next(islice(stamps, self._slice_records - 1, None), inf))
        taken = {
            partition: self._waiting[partition].take(
                bisect_right(self._waiting[partition].stamps, cut, hi=count)
            )
            for partition, count in counts.items()
        }
        return {partition: records for partition, records in taken.items() if records}

    def take_all(self) -> dict[TopicPartition, Records]:
        """Hand out whatever waits."""
        left = {partition: waiting.records for partition, waiting in self._waiting.items() if waiting.records}
        self._waiting = {}
        return left
