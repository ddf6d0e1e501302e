"""What is usual for many series, each by itself, at each time of the week."""

from typing import NamedTuple

import numpy as np

from detectors.anomaly import rhythm_loops
from detectors.anomaly.detector import Floats, Places
from detectors.anomaly.rows import Rows

__all__ = ["Usual", "observed", "rhythm_rows"]


class Usual(NamedTuple):
    """What was usual of values, shape (n,) each: mean, standard deviation, and how far the value lies off."""

    mean: Floats
    spread: Floats
    far: Floats


def rhythm_rows(series: int) -> Rows:
    """Make rows that know nothing yet; 8 kB a series."""
    return Rows(rhythm_loops.RHYTHM, (), series, ["events", "slot_values", "hour_values"])


def observed(rows: Floats, seconds: Floats, values: Floats, places: Places) -> Usual:
    """Say what was usual of values in their order, each before it is learnt.

    `seconds` are those of the clock by which the series lives: a shop's own where the clock is changed twice
    a year. Cost: .05 µs a value.
    """
    usual = Usual(*(np.empty(len(values)) for _ in Usual._fields))
    rhythm_loops.observe_rhythm(places, seconds, values, rows, *usual)
    return usual
