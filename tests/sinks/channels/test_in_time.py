"""Partitions merged by time, with records as aiokafka gives them."""

from aiokafka.structs import ConsumerRecord, TopicPartition

from schemas.topics import ALERTS, CAUSES, Topic
from sinks.channels.in_time import InTime

ZERO, ONE, WHY = (
    TopicPartition(topic.name, number) for topic, number in ((ALERTS, 0), (ALERTS, 1), (CAUSES, 0))
)


def record(
    partition: int, offset: int, timestamp: int, topic: Topic = ALERTS
) -> "ConsumerRecord[None, bytes]":
    return ConsumerRecord(topic.name, partition, offset, timestamp, 1, None, b"", None, 0, 0, ())


def times(merged: InTime) -> list[int]:
    return [record.timestamp for record in merged.ready()]


def test_a_backlog_comes_in_order_and_what_follows_at_once() -> None:
    merged = InTime(ends={ZERO: 3, ONE: 2}, positions={ZERO: 0, ONE: 0})
    merged.take(ZERO, [record(0, 0, 10), record(0, 1, 30)], read_to=2)
    assert times(merged) == []  # partition 1 may hold something older
    assert merged.wanted() == [ONE]
    merged.take(ONE, [record(1, 0, 20), record(1, 1, 40)], read_to=2)
    assert times(merged) == [10, 20, 30]  # partition 0 is not at the end of its backlog
    merged.take(ZERO, [], read_to=3)  # its last record was deleted by age
    assert times(merged) == [40]
    merged.take(ONE, [record(1, 2, 50)], read_to=3)
    assert times(merged) == [50]


def test_what_explains_an_alert_waits_for_it_though_it_was_fetched_before() -> None:
    merged = InTime(ends={ZERO: 4, WHY: 7}, positions={ZERO: 4, WHY: 7})
    merged.take(WHY, [record(0, 7, 60, CAUSES)], read_to=8)
    assert (merged.holds(CAUSES.name), merged.holds(ALERTS.name)) == (True, False)
    merged.wait_for({ZERO: 5})
    assert times(merged) == []
    merged.take(ZERO, [record(0, 4, 60)], read_to=5)
    assert [one.topic for one in merged.ready()] == [ALERTS.name, CAUSES.name]
    assert not merged.holds(CAUSES.name)
