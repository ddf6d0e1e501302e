"""What is usual is known soon, by the time of the week, and what is foretold follows from the past alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.anomaly.rhythm import expected, observed, rhythm_rows

Floats = NDArray[np.float64]
MONDAY, DAY = 1_704_067_200.0, 86_400.0


def a_shop(days: float) -> tuple[Floats, Floats]:
    """Twenty a quarter from 8 to 20, half of it on Saturdays, nothing on Sundays."""
    seconds = MONDAY + np.arange(0, days * DAY, 900.0)
    weekday = (seconds - MONDAY) // DAY % 7
    level = np.array([20.0] * 5 + [10.0, 0.0])[weekday.astype(np.int64)]
    return seconds, np.where((seconds % DAY >= 8 * 3_600) & (seconds % DAY < 20 * 3_600), level, 0.0)


def foretold(rows: Floats, day: int, hour: float) -> float:
    return float(expected(rows, np.array([MONDAY + day * DAY + hour * 3_600]), np.zeros(1, np.int64))[0][0])


def test_after_three_weeks_each_day_of_the_week_has_its_own_course() -> None:
    rows = rhythm_rows(1).array
    seconds, values = a_shop(21)
    observed(rows, seconds, values, np.zeros(len(seconds), np.int64))
    assert foretold(rows, 21 + 1, 12) == pytest.approx(20, abs=1)
    assert foretold(rows, 21 + 5, 12) == pytest.approx(10, abs=1.5)
    assert foretold(rows, 21 + 6, 12) == pytest.approx(0, abs=2.5)
    assert foretold(rows, 21 + 2, 3) == pytest.approx(0, abs=0.5)


def test_a_good_day_is_foretold_to_go_on_and_to_end() -> None:
    rows = rhythm_rows(1).array
    seconds, values = a_shop(28)
    values = np.random.default_rng(1).poisson(values).astype(np.float64)
    upto = seconds < MONDAY + 23.6 * DAY
    usual = rhythm_rows(1).array
    observed(usual, seconds[upto], values[upto], np.zeros(int(upto.sum()), np.int64))
    values[seconds >= MONDAY + 23 * DAY] *= 1.5
    observed(rows, seconds[upto], values[upto], np.zeros(int(upto.sum()), np.int64))
    soon, later = (foretold(rows, day, 15) - foretold(usual, day, 15) for day in (23, 25))
    assert soon > 1.5
    assert abs(later) < soon / 2


def test_foretelling_learns_nothing() -> None:
    rows = rhythm_rows(2).array
    seconds, values = a_shop(10)
    observed(rows, seconds, values, np.zeros(len(seconds), np.int64))
    before = rows.copy()
    ahead = seconds + 10 * DAY
    first = expected(rows, ahead, np.zeros(len(ahead), np.int64))
    again = expected(rows, ahead, np.zeros(len(ahead), np.int64))
    assert np.array_equal(first, again)
    assert np.array_equal(rows, before)
