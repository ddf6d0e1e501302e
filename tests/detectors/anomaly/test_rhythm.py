"""What is usual is known soon, by the time of the week."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.anomaly.rhythm import observed, rhythm_rows
from detectors.anomaly.rhythm_loops import SLOT, course

Floats = NDArray[np.float64]
MONDAY, DAY = 1_704_067_200.0, 86_400.0


def a_shop(days: float) -> tuple[Floats, Floats]:
    """Twenty a quarter from 8 to 20, half of it on Saturdays, nothing on Sundays."""
    seconds = MONDAY + np.arange(0, days * DAY, 900.0)
    weekday = (seconds - MONDAY) // DAY % 7
    level = np.array([20.0] * 5 + [10.0, 0.0])[weekday.astype(np.int64)]
    return seconds, np.where((seconds % DAY >= 8 * 3_600) & (seconds % DAY < 20 * 3_600), level, 0.0)


def usual_at(rows: Floats, day: int, hour: float) -> float:
    return float(course(rows[0], int((MONDAY + day * DAY + hour * 3_600) // SLOT)))


def test_after_three_weeks_each_day_of_the_week_has_its_own_course() -> None:
    rows = rhythm_rows(1).array
    seconds, values = a_shop(21)
    observed(rows, seconds, values, np.zeros(len(seconds), np.int64))
    assert usual_at(rows, 21 + 1, 12) == pytest.approx(20, abs=1)
    assert usual_at(rows, 21 + 5, 12) == pytest.approx(10, abs=1.5)
    assert usual_at(rows, 21 + 6, 12) == pytest.approx(0, abs=2.5)
    assert usual_at(rows, 21 + 2, 3) == pytest.approx(0, abs=0.5)
