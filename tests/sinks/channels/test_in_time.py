"""Partitions merged by time, with records as aiokafka gives them."""

from aiokafka.structs import ConsumerRecord

from schemas.topics import ALERTS
from sinks.channels.in_time import InTime


def record(partition: int, offset: int, timestamp: int) -> "ConsumerRecord[None, bytes]":
    return ConsumerRecord(ALERTS.name, partition, offset, timestamp, 1, None, b"", None, 0, 0, ())


def times(merged: InTime) -> list[int]:
    return [record.timestamp for record in merged.ready()]


def test_a_backlog_comes_in_order_and_what_follows_at_once() -> None:
    merged = InTime(ends={0: 3, 1: 2}, positions={0: 0, 1: 0})
    merged.take(0, [record(0, 0, 10), record(0, 1, 30)], read_to=2)
    assert times(merged) == []  # partition 1 may hold something older
    assert merged.wanted() == [1]
    merged.take(1, [record(1, 0, 20), record(1, 1, 40)], read_to=2)
    assert times(merged) == [10, 20, 30]  # partition 0 is not at the end of its backlog
    merged.take(0, [], read_to=3)  # its last record was deleted by age
    assert times(merged) == [40]
    merged.take(1, [record(1, 2, 50)], read_to=3)
    assert times(merged) == [50]
