"""Change points: a level that has moved a little, for long enough to be no chance."""

import numpy as np

from detectors.anomaly import alarm_loops, rate_loops
from detectors.anomaly.calibration_loops import THRESHOLD
from detectors.anomaly.detector import Floats, Places, accepted
from detectors.anomaly.rhythm import observed, rhythm_rows
from detectors.anomaly.rows import RowDetector, Rows, RowSet

__all__ = ["CusumDetector"]

AS_COUNTS = 16.0
FALL, RISE = 0.5, 1.5
"""Deviations are told as counts around this mean, whose own deviation is 4: both changes are two."""


class CusumDetector(RowDetector):
    """Page's cumulative sums of the distance from what is usual at the time of the week, down and up.

    The same sums that follow the rates of a chain (`rate_run.RateRun`), with what is usual learnt from the
    series itself. A run of ordinary values reaches evidence e^h once in e^h runs.
    See `AnomalyDetector` for what the methods keep to. Nothing is scored before 20 values.

    Cost: .09 µs a value, also of 20,000 series at once. Memory: 8 kB a series.

    Parameters
    ----------
    series
        Number of series.

    """

    def __init__(self, series: int = 1) -> None:
        self._rows = RowSet({
            "rhythm": rhythm_rows(series),
            "runs": Rows(rate_loops.RUN, (2,), series, ["open"]),
            "alarms": Rows(alarm_loops.SERIES, (), series),
        })  # fmt: skip

    def observe(self, seconds: Floats, values: Floats, places: Places | None = None) -> Floats:
        """Score values in their order, each before it is learnt; see `AnomalyDetector.observe`."""
        values, places = accepted(seconds, values, places, self.series)
        far = observed(self._rows["rhythm"], seconds, values, places).far
        counts = np.maximum(0.0, AS_COUNTS + np.sqrt(AS_COUNTS) * np.clip(far, -4.0, 4.0))
        usual, highest, scores = (np.full(len(values), AS_COUNTS) for _ in range(3))
        rate_loops.step_runs(
            places, seconds, counts, usual, FALL, RISE, THRESHOLD, self._rows["runs"], highest
        )  # fmt: skip
        alarm_loops.raise_alarms(places, highest, THRESHOLD, self._rows["alarms"], scores)
        return scores
