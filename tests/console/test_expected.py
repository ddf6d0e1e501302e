"""What is usual: the course of a day, its band, and where the day so far lies in it."""

from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest

from console.panels.expected import Expected, ExpectedRow, course_of, range_of

BEGIN = datetime(2026, 11, 17, tzinfo=UTC)


def row(slots: list[float], *, minutes: int = 15, **changes: object) -> ExpectedRow:
    low, high = [slot * 0.8 for slot in slots], [slot * 1.2 for slot in slots]
    return ExpectedRow(**{
        "series": "revenue", "begins_at": BEGIN, "slot_minutes": minutes, "expected": slots, "low": low,
        "high": high, "learnt_days": 7,
    } | changes)  # type: ignore[arg-type]  # fmt: skip


def test_course_changes_evenly_between_the_middles_of_slots() -> None:
    course = Expected(row([150.0, 450.0]))
    at = [course.per_minute(BEGIN + timedelta(minutes=minutes)) for minutes in (0, 7.5, 15, 22.5, 30)]
    assert [usual and round(usual.expected, 6) for usual in at] == [10.0, 10.0, 20.0, 30.0, 30.0]


@pytest.mark.parametrize("minutes", [-1, 31])
def test_nothing_is_usual_outside_the_day(minutes: float) -> None:
    assert Expected(row([150.0, 450.0])).per_minute(BEGIN + timedelta(minutes=minutes)) is None


def test_day_so_far_counts_the_share_of_the_slot_under_way() -> None:
    usual = Expected(row([100.0, 100.0, 100.0])).until(BEGIN + timedelta(minutes=37.5))
    assert usual is not None
    assert usual.expected == 250.0


def test_band_of_the_day_lies_between_chance_and_every_slot_at_its_edge() -> None:
    usual = Expected(row([100.0] * 16)).until(BEGIN + timedelta(hours=4))
    assert usual is not None
    assert 20 * sqrt(16) < usual.high - usual.expected < 20 * 16


def test_nothing_is_said_before_the_first_slot_ends() -> None:
    assert Expected(row([100.0, 100.0])).until(BEGIN + timedelta(minutes=14)) is None


@pytest.mark.parametrize(("value", "place"), [(70, "below"), (80, "inside"), (120, "inside"), (121, "above")])
def test_figure_is_placed_in_its_band(value: float, place: str) -> None:
    usual = Expected(row([100.0])).until(BEGIN + timedelta(minutes=15))
    assert usual is not None
    assert range_of(value, usual) == place


def test_course_that_rests_on_no_day_is_none() -> None:
    assert course_of([row([1.0], learnt_days=0)], "revenue") is None
    assert course_of([row([1.0])], "orders") is None
