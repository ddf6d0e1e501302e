"""The anomalies in what somebody has written down: one figure, or several that belong together."""

from typing import NamedTuple

import numpy as np

from detectors.anomaly.detector import ALARM, Floats
from detectors.anomaly.half_space import HalfSpaceDetector
from detectors.anomaly.registry import DETECTORS

__all__ = ["Alarm", "scan"]


class Alarm(NamedTuple):
    """A moment that is an anomaly: seconds since 1970, the figure's number, its value and score."""

    at: float
    figure: int
    value: float
    score: float


def scan(seconds: Floats, values: Floats, *, by: str) -> list[Alarm]:
    """Give every alarm in the order of time; each value is judged by those before it alone.

    Parameters
    ----------
    seconds
        Event times since 1970, shape (n,).
    values
        The figures, shape (n, figures).
    by
        The detector's name. `half_space` judges the figures of a moment as one vector, and its alarms are the
        first figure's; the others judge each by itself.

    Raises
    ------
    ValuesRefused
        Something is not a finite number.

    """
    count, width = values.shape
    if by == "half_space":
        scores = HalfSpaceDetector(1, width).observe(seconds, values)[:, None]
    else:
        places = np.tile(np.arange(width), count)
        scores = DETECTORS[by](width).observe(np.repeat(seconds, width), values.reshape(-1), places)
        scores = scores.reshape(count, width)
    return [
        Alarm(float(seconds[row]), int(figure), float(values[row, figure]), float(scores[row, figure]))
        for row, figure in zip(*np.nonzero(scores >= ALARM), strict=True)
    ]
