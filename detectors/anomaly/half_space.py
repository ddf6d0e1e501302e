"""Vectors: figures that are usual each by itself and never came together."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from river.anomaly import HalfSpaceTrees

from detectors.anomaly import alarm_loops, calibration_loops, half_space_loops, rhythm_loops, tail_loops
from detectors.anomaly.detector import Floats, Places, accepted
from detectors.anomaly.rhythm import observed
from detectors.anomaly.rows import RowDetector, Rows, RowSet

__all__ = ["HalfSpaceDetector", "drawn"]

SEED = 20110716


@cache
def drawn(width: int) -> tuple[NDArray[np.int64], Floats]:
    """Draw River's trees: component and limit of each node, shape (trees, nodes); children at 2n + 1.

    The same each time, and kept: nobody may write into them.
    """
    shape = half_space_loops.TREES, half_space_loops.NODES
    model = HalfSpaceTrees(shape[0], half_space_loops.HEIGHT, half_space_loops.WINDOW, seed=SEED)
    model.learn_one(dict.fromkeys(range(width), 0.5))  # type: ignore[no-untyped-call]  # River has no types
    features, limits = np.zeros(shape, np.int64), np.zeros(shape)
    for tree, root in enumerate(model.trees):
        waiting = [(0, root)]
        while waiting:
            number, node = waiting.pop()
            if hasattr(node, "children"):
                features[tree, number], limits[tree, number] = node.feature, node.threshold
                waiting += [(2 * number + side, child) for side, child in enumerate(node.children, 1)]
    return features, limits


class HalfSpaceDetector(RowDetector):
    """Half-space trees over how far each figure of a vector is from usual at its time of the week.

    See `AnomalyDetector` for what the methods keep to; values of a wider vector have the shape (n, width).
    Nothing is scored in the first 750 values. The coarsest of the detectors: of usual vectors about one in
    20,000 is an alarm, and it takes some values in a row.

    Cost: 1.4 µs a vector of three. Memory: 41 kB a series and 8 kB a figure.

    Parameters
    ----------
    series
        Number of series.
    width
        Figures in a vector.

    """

    def __init__(self, series: int = 1, width: int = 1) -> None:
        self.width = width
        self._trees = drawn(width)
        self._rows = RowSet({
            "rhythm": Rows(rhythm_loops.RHYTHM, (width,), series, ["events", "slot_values", "hour_values"]),
            "masses": Rows(half_space_loops.SERIES, (), series, ["counter", "windows"]),
            "tails": Rows(calibration_loops.TAIL, (), series),
            "alarms": Rows(alarm_loops.SERIES, (), series),
        })  # fmt: skip

    def observe(self, seconds: Floats, values: Floats, places: Places | None = None) -> Floats:
        """Score vectors in their order, each before it is learnt; see `AnomalyDetector.observe`."""
        values, places = accepted(seconds, values, places, self.series)
        far = self._far(seconds, values.reshape(-1, self.width), places)
        raw, away, surprise, calibrated, scores = (np.empty(len(places)) for _ in range(5))
        vectors = 1.0 / (1.0 + np.exp(-np.clip(far, -100.0, 100.0) / 2))
        half_space_loops.observe_vectors(places, vectors, *self._trees, self._rows["masses"], raw, away)
        tail_loops.normal_surprises(away, surprise)
        calibration_loops.calibrate(places, surprise, self._rows["tails"], calibrated)
        alarms = self._rows["alarms"]
        alarm_loops.raise_alarms(places, calibrated, calibration_loops.THRESHOLD, alarms, scores)
        return scores

    def _far(self, seconds: Floats, values: Floats, places: Places) -> Floats:
        """Say how far each figure is from usual, shape (n, width)."""
        of_figures = (places[:, None] * self.width + np.arange(self.width)).reshape(-1)
        rows = self._rows["rhythm"].reshape(-1)
        usual = observed(rows, np.repeat(seconds, self.width), values.reshape(-1), of_figures)
        return usual.far.reshape(-1, self.width)
