"""From surprise to one threshold for all series: how likely a series as it has been makes such a value.

A model says how improbable a value is: −ln of the probability. Where the model holds, these exceed 3 in a
twentieth of all cases, by 1 on average (they are exponential). Where a series strays more than its model
believes, they do so more often and by more; both are counted for each series, and the exceedances' tail says
how improbable the value really is (peaks over threshold). A series never counts as calmer than its model.

References
----------
A. Siffer et al.: Anomaly Detection in Streams with Extreme Value Theory. KDD 2017.
"""

from math import log
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["TAIL", "THRESHOLD", "calibrate"]

VALUES_PER_FALSE = 100_000.0
"""Usual values among which one may be a false alarm, for every series; chosen, not tuned."""

THRESHOLD = log(VALUES_PER_FALSE)
"""Calibrated surprise from which on a value is an alarm."""

BEYOND = 3.0
SHARE = 0.05
"""Of values beyond it, where the model holds."""
SHARE_PRIOR, EXCESS_PRIOR = 200.0, 5.0
"""Values and exceedances whose weight the model's own figures have."""
REMEMBERED, EXCESSES_REMEMBERED = 3_000.0, 100.0
HIGHEST = 3.0
"""What exceeds by more than so many times the mean excess is learnt as this: what begins to go wrong must not
be usual before it has been told."""

TAIL = np.dtype([("values", "<f8"), ("beyond", "<f8"), ("excess", "<f8"), ("excesses", "<f8")])


@compiled
def calibrate(places: Any, surprise: Any, series: Any, calibrated: Any) -> Any:
    """Correct surprise by what each series is wont to, each before it is learnt.

    Parameters
    ----------
    places
        The series of each.
    surprise
        −ln of the probability that a model gives, from 0.
    series
        What is known of each series (`TAIL`).
    calibrated
        Filled: −ln of the probability by the series' own tail; 0 up to 3.

    """
    for event in range(len(places)):
        one, given = series[places[event]], surprise[event]
        over = given - BEYOND
        calibrated[event] = 0.0
        if over > 0.0:
            share = (one.beyond + SHARE * SHARE_PRIOR) / (one.values + SHARE_PRIOR)
            excess = max(1.0, (one.excess + EXCESS_PRIOR) / (one.excesses + EXCESS_PRIOR))
            calibrated[event] = max(0.0, over / excess - log(max(share, SHARE)))
            kept = 1.0 - 1.0 / EXCESSES_REMEMBERED
            one.excess = one.excess * kept + min(over, HIGHEST * excess)
            one.excesses = one.excesses * kept + 1.0
        kept = 1.0 - 1.0 / REMEMBERED
        one.values = one.values * kept + 1.0
        one.beyond = one.beyond * kept + (1.0 if over > 0.0 else 0.0)
