"""A backlog of many partitions comes out in the order in which it was written."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from streams.backlog import Backlog

A, B = TopicPartition("scores", 0), TopicPartition("metrics", 0)


def records(stamps: Sequence[int], first: int = 0) -> list[Any]:
    return [SimpleNamespace(offset=first + place, timestamp=stamp) for place, stamp in enumerate(stamps)]


def stamps(taken: dict[TopicPartition, list[Any]]) -> list[int]:
    return sorted(record.timestamp for some in taken.values() for record in some)


def test_nothing_comes_while_a_partition_may_hold_older_records() -> None:
    backlog = Backlog(100)
    backlog.add({A: records([1, 5, 9])})
    bounds = {A: 3, B: 2}
    assert backlog.missing(bounds) == [B]
    assert backlog.take(bounds) == {}
    backlog.add({B: records([4])})  # of two: the next may be as old as 4
    assert stamps(backlog.take(bounds)) == [1, 4]


def test_a_slice_is_the_oldest_of_all_partitions() -> None:
    backlog = Backlog(3)
    backlog.add({A: records([1, 4, 5]), B: records([2, 3, 6])})
    bounds = {A: 3, B: 3}
    assert stamps(backlog.take(bounds)) == [1, 2, 3]
    assert stamps(backlog.take(bounds)) == [4, 5, 6]


def test_records_past_the_bound_wait() -> None:
    backlog = Backlog(100)
    backlog.add({A: records([1, 2, 3, 4])})
    assert stamps(backlog.take({A: 2})) == [1, 2]
    backlog.add({A: records([3, 4, 5], first=2)})  # sent again by Kafka
    assert stamps(backlog.take_all()) == [3, 4, 5]
    assert backlog.take_all() == {}


@given(
    st.lists(st.lists(st.integers(0, 50), max_size=30), min_size=1, max_size=4),
    st.integers(1, 10),
    st.integers(1, 7),
)
def test_everything_comes_once_and_in_order(written: list[list[int]], slice_records: int, fetch: int) -> None:
    """Stamps may fall when a broker's clock is set back; then the order of the partition counts."""
    logs = {TopicPartition("log", place): records(log) for place, log in enumerate(written) if log}
    backlog, slices = Backlog(slice_records), []
    fetched = dict.fromkeys(logs, 0)
    taken: dict[TopicPartition, list[Any]] = {partition: [] for partition in logs}
    while bounds := {tp: len(log) for tp, log in logs.items() if len(taken[tp]) < len(log)}:
        missing = backlog.missing(bounds)
        for partition in missing:
            backlog.add({partition: logs[partition][fetched[partition] : fetched[partition] + fetch]})
            fetched[partition] += fetch
        some = backlog.take(bounds)
        assert missing or some
        for partition, part in some.items():
            taken[partition] += part
        slices.append(stamps(some))
    assert taken == logs
    if all(log == sorted(log) for log in written):
        flat = [stamp for some in slices for stamp in some]
        assert flat == sorted(flat)
