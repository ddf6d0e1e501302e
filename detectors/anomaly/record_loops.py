"""Records: how far a value lies beyond all before it, in general and where things were alike.

Three inputs per series: the value, the least of the last 12, and the spread of the last 12. Four records of
each: beyond all values so far, beyond those of this hour of day, and beyond those that came 3 and 12 events
after a value like the one 3 and 12 events ago. What is alike is told by a grid of at most 11 cells over the
range seen so far; when the range outgrows it, two cells become one.
"""

from math import floor, sqrt
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["CHANNELS", "INPUT", "INPUTS", "TRAIL", "observe_records"]

INPUTS = 3
CHANNELS = 4 * INPUTS
TRAILING = 12
LAGS = (3, 12)
CELLS = 10.0
SLOTS = 16
"""Places for cells: at most 11 in a row are in use, and their numbers are taken modulo this."""
WARM_UP = 20
VISITS = 10
"""Values seen in an hour or after a cell before anything is a record there."""
LEAK = 1 / 20_000
"""Share by which the range closes towards the mean with each event."""
HALF_GENERAL, HALF_ALIKE = 0.2, 0.1
"""Excess, as a share of the range, that gives half of the largest score."""
DAY, HOUR = 86_400.0, 3_600.0

TRAIL = np.dtype([("events", "<i8"), ("ring", "<f8", (TRAILING,))])
INPUT = np.dtype([
    ("low", "<f8"), ("high", "<f8"), ("mean", "<f8"), ("least", "<f8"), ("most", "<f8"),
    ("width", "<f8"), ("origin", "<f8"),
    ("hour_low", "<f8", (24,)), ("hour_high", "<f8", (24,)), ("hour_count", "<i4", (24,)),
    ("after_low", "<f8", (len(LAGS) * SLOTS,)), ("after_high", "<f8", (len(LAGS) * SLOTS,)),
    ("after_count", "<i4", (len(LAGS) * SLOTS,)),
    ("ring", "<f8", (TRAILING,)),
])  # fmt: skip
"""`width` is that of a cell, 0 until the first values are in; `least` and `most` never close."""


@compiled
def excess(value: Any, low: Any, high: Any, size: Any) -> Any:
    """Tell how far a value lies outside, as a share of a size."""
    far = max(value - high, low - value)
    return far / size if far > 0.0 else 0.0


@compiled
def cell(value: Any, one: Any) -> Any:
    """Give the number of the cell of the grid that a value lies in."""
    return floor((value - one.origin) / one.width)


@compiled
def widen(one: Any, least: Any, most: Any) -> Any:
    """Make cells twice as wide; `least` and `most` bound what they hold."""
    first, last = cell(least, one), cell(most, one)
    for lag in range(len(LAGS)):
        low, high = np.full(SLOTS, np.inf), np.full(SLOTS, -np.inf)
        count = np.zeros(SLOTS, np.int32)
        for number in range(first, last + 1):
            old, new = lag * SLOTS + number % SLOTS, (number >> 1) % SLOTS
            if one.after_count[old]:
                low[new] = min(low[new], one.after_low[old])
                high[new] = max(high[new], one.after_high[old])
                count[new] += one.after_count[old]
        for slot in range(SLOTS):
            one.after_low[lag * SLOTS + slot] = low[slot]
            one.after_high[lag * SLOTS + slot] = high[slot]
            one.after_count[lag * SLOTS + slot] = count[slot]
    one.width *= 2.0


@compiled
def observe_input(value: Any, hour: Any, events: Any, one: Any, scores: Any) -> Any:
    """Score one input of one series in four ways, then learn it."""
    if events == 0:
        one.low = one.high = one.least = one.most = value
        for slot in range(TRAILING):
            one.ring[slot] = value
    size = max(one.high - one.low, 1e-9 * (abs(one.high) + 1e-3))
    warm = events >= WARM_UP
    if warm:
        far = excess(value, one.low, one.high, size)
        scores[0] = far / (far + HALF_GENERAL)
    count = one.hour_count[hour]
    if count >= VISITS and warm:
        far = excess(value, one.hour_low[hour], one.hour_high[hour], size)
        scores[1] = far / (far + HALF_ALIKE)
    one.hour_low[hour] = min(one.hour_low[hour], value) if count else value
    one.hour_high[hour] = max(one.hour_high[hour], value) if count else value
    one.hour_count[hour] = min(count + 1, VISITS)
    for lag in range(len(LAGS)):
        if one.width > 0.0 and events >= LAGS[lag]:
            slot = lag * SLOTS + cell(one.ring[(events - LAGS[lag]) % TRAILING], one) % SLOTS
            count = one.after_count[slot]
            if count >= VISITS and warm:
                far = excess(value, one.after_low[slot], one.after_high[slot], size)
                scores[2 + lag] = far / (far + HALF_ALIKE)
            one.after_low[slot] = min(one.after_low[slot], value) if count else value
            one.after_high[slot] = max(one.after_high[slot], value) if count else value
            one.after_count[slot] = min(count + 1, VISITS)
    one.ring[events % TRAILING] = value
    one.mean += (value - one.mean) / (events + 1)
    one.low, one.high = min(one.low, value), max(one.high, value)
    one.low += (one.mean - one.low) * LEAK
    one.high += (one.mean - one.high) * LEAK
    least, most = one.least, one.most
    one.least, one.most = min(least, value), max(most, value)
    if events == WARM_UP - 1:
        one.width = max((one.most - one.least) / CELLS, 1e-6 * (abs(one.most) + 1e-3))
        one.origin = (one.most + one.least) / 2
    elif one.width > 0.0:
        while one.most - one.least > CELLS * one.width:
            widen(one, least, most)


@compiled
def observe_records(places: Any, seconds: Any, values: Any, trails: Any, inputs: Any, scores: Any) -> Any:
    """Score values in their order, each before it is learnt.

    Parameters
    ----------
    places
        The series of each.
    seconds, values
        Their times and the values.
    trails, inputs
        What is known of each series (`TRAIL`), and of its inputs (`INPUT`, shape (series, 3)).
    scores
        Filled: zeros, shape (n, 12) or wider, four columns for each input.

    """
    of_inputs = np.empty(INPUTS)
    for event in range(len(values)):
        trail, value = trails[places[event]], values[event]
        hour = min(23, int(seconds[event] % DAY / HOUR))
        if trail.events == 0:
            for slot in range(TRAILING):
                trail.ring[slot] = value
        trail.ring[trail.events % TRAILING] = value
        total, least = 0.0, value
        for slot in range(TRAILING):
            total += trail.ring[slot]
            least = min(least, trail.ring[slot])
        mean, squares = total / TRAILING, 0.0
        for slot in range(TRAILING):
            squares += (trail.ring[slot] - mean) ** 2
        of_inputs[0], of_inputs[1], of_inputs[2] = value, least, sqrt(squares / TRAILING)
        for one in range(INPUTS):
            known = inputs[places[event], one]
            observe_input(of_inputs[one], hour, trail.events, known, scores[event, 4 * one : 4 * one + 4])
        trail.events += 1
