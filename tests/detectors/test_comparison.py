"""Two scorings of the same payments are compared as a person would count."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from detectors.comparison import Comparison, DayAlerts, ScorePairs, compare

DAY = 86_400


def pairs(rows: list[tuple[int, float, float, int]], threshold: float = 0.5) -> ScorePairs:
    """Make pairs of (day, live, other, verdict); a payment is named by its row."""
    columns: list[Any] = [np.array(column) for column in zip(*rows, strict=True)] or [np.zeros(0)] * 4
    days, live, other, verdicts = columns
    return ScorePairs(
        event_ids=np.array([f"{row}" for row in range(len(rows))], "S36"),
        seconds=days.astype(np.float64) * DAY + 60,
        amounts_minor=np.arange(len(rows)),
        live=live.astype(np.float64),
        other=other.astype(np.float64),
        live_reviewed=live >= threshold,
        other_reviewed=other >= threshold,
        verdicts=verdicts.astype(np.int8),
    )


def compared(rows: list[tuple[int, float, float, int]], budget: int = 1) -> Comparison:
    return compare(pairs(rows), budget=budget, most=2)


def test_decisions_and_days_are_counted() -> None:
    found = compared([(0, 0.9, 0.9, -1), (0, 0.9, 0.1, -1), (1, 0.1, 0.6, -1), (1, 0.2, 0.3, -1)])
    assert (found.payments, found.same_score) == (4, 1)
    assert (found.newly_reviewed, found.no_longer_reviewed, found.decisions_changed_share) == (1, 1, 0.5)
    assert found.days == (DayAlerts(date(1970, 1, 1), 2, 2, 1), DayAlerts(date(1970, 1, 2), 2, 0, 1))
    assert [one.event_id for one in found.moved] == ["1", "2"]
    assert found.mean_difference == pytest.approx((-0.8 + 0.5 + 0.1) / 4)
    assert dict(found.difference_quantiles)[1.0] == pytest.approx(0.5)


def test_the_budget_is_of_each_day_and_only_labels_count() -> None:
    rows = [(0, 0.9, 0.1, 1), (0, 0.1, 0.9, 0), (1, 0.2, 0.8, -1), (1, 0.1, 0.1, 1)]
    found = compared(rows)
    assert (found.live.payments, found.live.frauds, found.live.within_budget) == (3, 2, 2)
    assert (found.live.within_budget_labelled, found.live.precision_at_budget) == (1, 1.0)
    assert (found.other.within_budget_labelled, found.other.precision_at_budget) == (1, 0.0)
    assert found.live.average_precision > found.other.average_precision


def test_a_budget_above_the_day_takes_the_whole_day() -> None:
    assert compared([(0, 0.9, 0.1, 1), (3, 0.1, 0.9, 0)], budget=100).live.within_budget == 2


def test_nothing_compared_is_no_figure() -> None:
    found = compared([])
    assert (found.payments, found.decisions_changed_share, found.days, found.moved) == (0, 0.0, (), ())
    assert found.live.precision_at_budget is None


def test_without_a_fraud_there_is_no_average_precision() -> None:
    assert compared([(0, 0.9, 0.1, 0), (0, 0.9, 0.1, -1)]).live.average_precision == 0.0
