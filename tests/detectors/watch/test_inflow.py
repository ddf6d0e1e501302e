"""A moment has passed once every partition is through with it, or is idle beyond doubt."""

from detectors.watch.inflow import Inflow
from schemas.arrival_partial import ArrivalPartial
from tests.detectors.watch.chains import arrival, at

PARTITIONS = range(8)


def here(minutes: float, *partitions: int) -> list[ArrivalPartial]:
    """Two sources sell in these partitions."""
    return [
        arrival(source, int(minutes) + 1, minutes, partition=partition)
        for source in ("b-1", "b-2")
        for partition in partitions
    ]


def passed(inflow: Inflow, moment: float, now: float) -> bool:
    return inflow.passed("transactions", at(moment).timestamp(), at(now).timestamp())


def take(inflow: Inflow, partials: list[ArrivalPartial], now: float) -> None:
    for partial in partials:
        inflow.take(partial, partial.last_occurred_at.timestamp(), at(now).timestamp())


def test_a_moment_has_passed_when_every_partition_is_through() -> None:
    inflow = Inflow()
    assert not passed(inflow, 5, 5), "nothing is known"
    take(inflow, here(6, *PARTITIONS[:7]), 6)
    assert not passed(inflow, 5, 6), "one partition has brought nothing yet"
    take(inflow, here(4, 7), 6)
    assert not passed(inflow, 5, 6)
    take(inflow, here(5, 7), 6)
    assert passed(inflow, 5, 6)


def test_one_clock_ahead_does_not_move_a_partition() -> None:
    inflow = Inflow()
    take(inflow, here(4, *PARTITIONS), 4)
    take(inflow, [arrival("broken", 1, 10**7, partition=number) for number in PARTITIONS], 4)
    assert not passed(inflow, 5, 5)


def test_an_idle_partition_is_not_waited_for() -> None:
    inflow = Inflow()
    take(inflow, here(0, *PARTITIONS), 0)
    for minute in range(1, 40):
        take(inflow, here(minute, *PARTITIONS[1:]), minute)
        assert passed(inflow, 1, minute) == (minute >= 31), minute


def test_nobody_is_idle_while_heartbeats_are_far_ahead() -> None:
    inflow = Inflow()
    take(inflow, here(0, *PARTITIONS), 0)
    for minute in range(1, 100):
        take(inflow, here(minute, *PARTITIONS[1:]), minute + 600)
        assert not passed(inflow, 1, minute + 600), "history is loaded, and partition 0 is only slow"


def test_nobody_is_idle_because_the_sources_speak_rarely() -> None:
    inflow = Inflow()
    take(inflow, here(0, *PARTITIONS), 0)
    take(inflow, here(2, *PARTITIONS[1:]), 0)
    assert not passed(inflow, 1, 0)
    assert not passed(inflow, 1, 50), "time went on, but no other partition did"
