"""Sums of the last counts, and what is usual for them."""

from math import floor
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["RECENT", "WINDOWS", "sum_up"]

WINDOWS = (1, 12, 48)
"""Values that are summed."""
LONGEST = 48
WARM_UP = 20
LEAST_USUAL = 1e-3
"""What is usual, at least: a thousand values without one do not say that there never is one."""
MOST_SPREAD = 100.0
LEARNS, FARTHEST = 1 / 500, 36.0
"""Share of a sum in how far such sums stray, and what it counts at most, in variances: single values that
follow each other stray together, so a sum strays further than the values each by itself would make it."""

RECENT = np.dtype([
    ("events", "<i8"), ("counts", "<f8", (LONGEST,)), ("means", "<f8", (LONGEST,)),
    ("variances", "<f8", (LONGEST,)), ("squares", "<f8", (len(WINDOWS),)),
])  # fmt: skip


@compiled
def sum_up(
    places: Any, values: Any, usual: Any, spread: Any, series: Any, counts: Any, means: Any, spreads: Any
) -> Any:
    """Fill in sums over each window that ends at a value, what is usual for them, and variance ÷ mean.

    Parameters
    ----------
    places
        The series of each.
    values, usual, spread
        The counts, what is usual, and the standard deviation around it.
    series
        What is known of each series (`RECENT`).
    counts, means, spreads
        Filled, shape (n, windows). Before 20 values the count is what is usual.

    """
    for event in range(len(values)):
        one = series[places[event]]
        at = one.events % LONGEST
        one.counts[at], one.means[at] = values[event], max(usual[event], LEAST_USUAL)
        one.variances[at] = max(spread[event] ** 2, one.means[at])
        one.events += 1
        count, mean, variance, window = 0.0, 0.0, 0.0, 0
        for back in range(LONGEST):
            if back < one.events:
                slot = (at - back) % LONGEST
                count += one.counts[slot]
                mean += one.means[slot]
                variance += one.variances[slot]
            if back + 1 == WINDOWS[window]:
                ready = one.events > WARM_UP
                counts[event, window] = count if ready else floor(mean)
                means[event, window] = mean
                wide = max(variance, one.squares[window])
                spreads[event, window] = min(max(wide / mean, 1.0), MOST_SPREAD)
                square = min((count - mean) ** 2, FARTHEST * wide)
                one.squares[window] += (square - one.squares[window]) * max(1.0 / one.events, LEARNS)
                window += 1
