"""Partials of minutes put into arrays: of each input partition the last word counts."""

from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["PART", "add_parts", "clear_minute"]

PART = np.dtype([("generation", "<i4"), ("offset", "<i8"), ("count", "<i8"), ("total", "<i8")])
"""What one input partition told last of a row and minute; generation 0 = nothing yet."""


@compiled
def add_parts(told: Any, newer: Any, parts: Any, counts: Any, totals: Any, changes: Any) -> Any:
    """Put what partitions say now in the place of what they said before.

    Parameters
    ----------
    told
        Shape (n, 7): row, place of the minute in the ring, partition, generation, offset, count, total.
    newer
        Whether one generation replaces another, shape (generations, generations), the newer first.
    parts, counts, totals
        What is kept: `PART` of shape (minutes, rows, partitions), and the sums, shape (minutes, rows).
    changes
        Filled, shape (n, 2): by how much count and total of the row and minute have changed.

    """
    for event in range(len(told)):
        row, minute, partition, generation, offset, count, total = told[event]
        one = parts[minute, row, partition]
        changes[event, 0] = changes[event, 1] = 0
        if one.generation == generation:
            if offset <= one.offset:
                continue
        elif one.generation != 0 and not newer[generation, one.generation]:
            continue
        changes[event, 0], changes[event, 1] = count - one.count, total - one.total
        one.generation, one.offset, one.count, one.total = generation, offset, count, total
        counts[minute, row] += changes[event, 0]
        totals[minute, row] += changes[event, 1]


@compiled
def clear_minute(minute: Any, parts: Any, counts: Any, totals: Any) -> Any:
    """Make a place of the ring empty, for another minute."""
    for row in range(parts.shape[1]):
        counts[minute, row] = totals[minute, row] = 0
        for partition in range(parts.shape[2]):
            one = parts[minute, row, partition]
            one.generation, one.offset, one.count, one.total = 0, 0, 0, 0
