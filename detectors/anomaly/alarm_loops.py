"""When a mixed score is an alarm: not soon after another, and less easily where there were many.

The barrier starts at 1 (the threshold), rises by .06 with each alarm of about the last 20,000 events, and by
.15 of the height of the last one, which fades over 300 events.
"""

from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["SERIES", "raise_alarms"]

QUIET = 30
"""Events after an alarm in which there is no other: what goes on is not told again."""
PER_ALARM, REMEMBERED = 0.06, 20_000.0
OF_LAST, FADES = 0.15, 300.0
JUST_BELOW = 0.5 - 2**-12

SERIES = np.dtype([("alarms", "<f8"), ("last", "<f8"), ("quiet", "<i8")])
"""Alarms so far, fading; height of the last one, fading; events left in which none is raised."""


@compiled
def raise_alarms(places: Any, mixed: Any, threshold: Any, series: Any, scores: Any) -> Any:
    """Turn mixed scores into scores in [0, 1] that are alarms from .5 on.

    Parameters
    ----------
    places
        The series of each event.
    mixed
        From `habituate`.
    threshold
        What a mixed score has to reach in a series without alarms.
    series
        What is known of each (`SERIES`).
    scores
        Filled, shape (n,).

    """
    for event in range(len(places)):
        one = series[places[event]]
        one.alarms *= 1.0 - 1.0 / REMEMBERED
        one.last *= 1.0 - 1.0 / FADES
        height = mixed[event] / threshold
        barrier = 1.0 + PER_ALARM * one.alarms + OF_LAST * one.last
        if one.quiet > 0:
            one.quiet -= 1
            one.last = max(one.last, height)
            scores[event] = 0.0
        elif height >= barrier:
            scores[event] = 1.0 - 0.5 * barrier / height
            one.alarms += 1.0
            one.last = height
            one.quiet = QUIET
        else:
            scores[event] = min(0.5 * height / barrier, JUST_BELOW)
