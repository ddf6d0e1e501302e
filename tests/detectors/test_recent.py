"""The threshold keeps the budget of alerts."""

import numpy as np
import pytest

from detectors.fraud.recent import RecentPayments

DAY = 86_400.0


def fill(recent: RecentPayments, payments: int, days: float) -> np.random.Generator:
    random = np.random.default_rng(3)
    for place, value in enumerate(random.random(payments)):
        recent.add(place * days * DAY / payments, (float(value),))
    return random


@pytest.mark.parametrize(("payments", "days", "capacity"), [(5_000, 5, 20_000), (50_000, 5, 1_000)])
def test_threshold_gives_as_many_alerts_a_day_as_the_budget(
    payments: int, days: float, capacity: int
) -> None:
    recent = RecentPayments(1, days=7, capacity=capacity)
    fill(recent, payments, days)
    rows, per_day = recent.rows(until=days * DAY)
    threshold = recent.threshold(rows[:, 0], per_day, alerts_per_day=100)
    share = 100 * days / payments
    assert len(recent) <= capacity
    assert 1 - threshold == pytest.approx(share, rel=0.35)
    assert (rows[:, 0] >= threshold).sum() * per_day == pytest.approx(100, rel=0.1)


def test_only_the_last_days_count() -> None:
    recent = RecentPayments(1, days=7, capacity=10_000)
    fill(recent, 5_000, 50)
    rows, per_day = recent.rows(until=50 * DAY)
    assert len(rows) == pytest.approx(700, abs=2)
    assert len(rows) * per_day * 7 == pytest.approx(700, rel=0.01)
    assert len(RecentPayments(1).rows(until=DAY)[0]) == 0


def test_labels_far_behind_the_payments_still_find_payments() -> None:
    recent = RecentPayments(1, days=7, capacity=1_000)
    fill(recent, 5_000, 50)
    rows, per_day = recent.rows(until=10 * DAY)
    assert len(rows) * per_day * 3.5 == pytest.approx(350, rel=0.1)
    assert 300 <= len(rows) <= 400


def test_labels_known_long_after_the_last_payment_still_find_payments() -> None:
    """A replay ends, or a shop closes for a fortnight, and the last labels come."""
    recent = RecentPayments(1, days=7, capacity=1_000)
    fill(recent, 500, 5)
    recent.add(40_000 * DAY, (0.5,))  # and one clock is broken
    rows, per_day = recent.rows(until=30 * DAY)
    assert len(rows) == 500
    assert len(rows) * per_day == pytest.approx(100, rel=0.05)


def test_the_first_day_is_counted_as_a_day() -> None:
    recent = RecentPayments(1, days=7, capacity=1_000)
    fill(recent, 500, 1)
    for hour in (6, 24):
        rows, per_day = recent.rows(until=hour * 3_600)
        assert len(rows) * per_day == pytest.approx(500, rel=0.05)


def test_memory_is_bounded_over_a_long_stream() -> None:
    recent = RecentPayments(1, days=7, capacity=500)
    fill(recent, 30_000, 300)
    assert len(recent) <= 500
    assert len(recent.rows(until=300 * DAY)[0]) >= 150


def test_threshold_without_payments_stops_none_and_with_few_stops_all() -> None:
    recent = RecentPayments(1)
    assert recent.threshold(np.array([]), 0.0, 10) == 1.0
    assert recent.threshold(np.array([0.2, 0.1]), 1.0, 10) == 0.1
    assert recent.threshold(np.array([0.2, 0.1]), 100.0, 10) > 0.2
