"""A schedule that no answer can slow down."""

import numpy as np
import pytest

from benchmarks.open_loop import OpenLoop
from benchmarks.percentiles import percentile


class Clock:
    """Moved by hand; sleeping moves it, a little too far as real sleeping does."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds + 0.001


def test_events_are_due_at_a_fixed_rate() -> None:
    schedule = OpenLoop(100.0, 50.0)
    assert [schedule.due(index) for index in (0, 1, 50)] == [100.0, 100.02, 101.0]


def test_sender_waits_until_an_event_is_due_and_says_how_late_it_is() -> None:
    clock = Clock(99.0)
    schedule = OpenLoop(100.0, 50.0, clock=clock, sleep=clock.sleep)
    assert schedule.wait(0) == pytest.approx(0.001)
    assert clock.slept == [pytest.approx(1.0)]


def test_a_sender_who_was_held_up_does_not_shift_the_schedule() -> None:
    """The twenty events that were due meanwhile are sent at once, each later than it was due."""
    clock = Clock(100.0)
    schedule = OpenLoop(100.0, 50.0, clock=clock, sleep=clock.sleep)
    clock.now = 100.4
    assert [schedule.wait(index) for index in (1, 10, 20)] == pytest.approx([0.38, 0.2, 0.0])
    assert clock.slept == []
    assert schedule.due(25) == 100.5


def test_a_short_sleep_is_not_taken_for_the_end_of_waiting() -> None:
    clock = Clock(99.0)
    schedule = OpenLoop(100.0, 50.0, clock=clock, sleep=lambda seconds: clock.sleep(seconds / 2))
    assert schedule.wait(0) >= 0


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 500.0), (99, 990.0), (99.9, 999.0), (99.99, 1_000.0), (100, 1_000.0)]
)
def test_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    values = np.arange(1.0, 1_001.0)
    np.random.default_rng(1).shuffle(values)
    assert percentile(values, percent) == expected


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile(np.array([7.0]), 0.1) == percentile(np.array([7.0]), 99.9) == 7.0


@pytest.mark.parametrize("values", [[], [1.0, float("nan")]])
def test_missing_latencies_have_no_percentile(values: list[float]) -> None:
    with pytest.raises(ValueError, match="never measured"):
        percentile(np.array(values), 50)
