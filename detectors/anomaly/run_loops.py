"""Runs: how much longer than ever a series stays on one side of its mean.

What comes regularly and then does not, spikes above all, is no record of any value: each by itself is usual.
"""

from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["CHANNELS", "RUNS", "observe_runs"]

CHANNELS = 2
WARM_UP = 20
SHORTEST = 2
"""Values that make a run."""
VISITS = 10
"""Runs seen on a side before one may be longer than ever."""
MEAN_OVER = 3_000.0
"""About so many last values make the mean; before, all."""
FORGOTTEN = 1 / 1_000
"""Share by which the longest run closes towards each run."""
HALF = 0.5
"""Excess, as a share of the longest run, that gives half of the largest score."""

RUNS = np.dtype([
    ("events", "<i8"), ("mean", "<f8"), ("length", "<i8", (CHANNELS,)), ("longest", "<f8", (CHANNELS,)),
    ("runs", "<i8", (CHANNELS,)),
])  # fmt: skip
"""Not above the mean, and not below it."""


@compiled
def end_run(side: Any, one: Any) -> Any:
    """Learn the length of a run that has ended."""
    length = one.length[side]
    if length >= SHORTEST:
        closed = one.longest[side] - (one.longest[side] - length) * FORGOTTEN
        one.longest[side] = max(float(length), closed)
        one.runs[side] += 1
    one.length[side] = 0


@compiled
def observe_runs(places: Any, values: Any, runs: Any, scores: Any) -> Any:
    """Score values in their order, each before it is learnt.

    Parameters
    ----------
    places
        The series of each.
    values
        The values.
    runs
        What is known of each series (`RUNS`).
    scores
        Filled: zeros, shape (n, 2).

    """
    for event in range(len(values)):
        one, value = runs[places[event]], values[event]
        if one.events == 0:
            one.mean = value
        for side in range(CHANNELS):
            if (value > one.mean) if side == 0 else (value < one.mean):
                end_run(side, one)
                continue
            one.length[side] += 1
            if one.runs[side] >= VISITS and one.events >= WARM_UP and one.length[side] > one.longest[side]:
                far = one.length[side] / one.longest[side] - 1.0
                scores[event, side] = far / (far + HALF)
        one.events += 1
        one.mean += (value - one.mean) / min(one.events + 1.0, MEAN_OVER)
