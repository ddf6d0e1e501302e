"""The general detector of a single series: what is higher or lower than ever where things were alike."""

import numpy as np

from detectors.anomaly import alarm_loops, habituation_loops, record_loops, run_loops
from detectors.anomaly.detector import Floats, Places, accepted
from detectors.anomaly.rows import RowDetector, Rows, RowSet

__all__ = ["THRESHOLD", "RecordDetector"]

THRESHOLD = 0.28
"""What the mean over channels has to reach; chosen by cross-validation over 29 series, docs/anomaly.md."""

WEIGHTS = np.append(
    np.repeat([1 / 3, 1 / 6, 1 / 6], record_loops.WAYS) / record_loops.WAYS,
    np.full(run_loops.CHANNELS, 1 / 6),
)
"""A third each: the value, what is made of its last twelve, and runs."""


class RecordDetector(RowDetector):
    """Records of the value, of the least and the spread of its last 12, and of the time on one side of it.

    A value, or what is made of its last twelve, is a record if it lies beyond all that was seen at this hour,
    at this hour on weekends or not, or 2 or 12 events after something like what came 2 or 12 events ago; a
    run if it is longer than any before. Fourteen channels say so; each is divided by the root of what is
    usual for it, held for 6 events, and their mean is an alarm from a threshold on that rises with each.
    See `AnomalyDetector` for what the methods keep to.

    What moves by less than a billionth of itself, or near 0 by less than 1e-12, stands still. Nothing is
    scored before 20 values, nor among fewer than 10 that were alike.

    Cost: .25 µs a value in batches of 1,000, with whatever number of series. Memory: 8 kB a series.

    Parameters
    ----------
    series
        Number of series.

    """

    def __init__(self, series: int = 1) -> None:
        self._rows = RowSet({
            "trails": Rows(record_loops.TRAIL, (), series, ["events"]),
            "inputs": Rows(record_loops.INPUT, (record_loops.INPUTS,), series),
            "runs": Rows(run_loops.RUNS, (), series, ["events"]),
            "channels": Rows(habituation_loops.CHANNEL, WEIGHTS.shape, series, ["events"]),
            "alarms": Rows(alarm_loops.SERIES, (), series),
        })  # fmt: skip

    def observe(self, seconds: Floats, values: Floats, places: Places | None = None) -> Floats:
        """Score values in their order, each before it is learnt; see `AnomalyDetector.observe`."""
        mixed, places = self.mix(seconds, values, places)
        scores = np.empty(len(mixed))
        alarm_loops.raise_alarms(places, mixed, THRESHOLD, self._rows["alarms"], scores)
        return scores

    def mix(self, seconds: Floats, values: Floats, places: Places | None = None) -> tuple[Floats, Places]:
        """Give what is held against the threshold, and the places: the first half of `observe`."""
        values, places = accepted(seconds, values, places, self.series)
        scores, mixed = np.zeros((len(values), len(WEIGHTS))), np.empty(len(values))
        of_values, of_runs = np.split(scores, [record_loops.CHANNELS], axis=1)
        known = self._rows["trails"], self._rows["inputs"]
        record_loops.observe_records(places, seconds, values, *known, of_values)
        run_loops.observe_runs(places, values, self._rows["runs"], of_runs)
        habituation_loops.habituate(places, scores, WEIGHTS, self._rows["channels"], mixed)
        return mixed, places
