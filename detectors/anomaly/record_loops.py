"""Records: how far a value lies beyond all that came where things were alike.

Three inputs per series: the value, the least of the last 12, and the spread of the last 12. For each, what is
alike is told in four ways: the hour of day; the hour, on weekends or not; and what the input was 2 and 12
events ago, by a grid of at most 11 cells over the range seen so far. When the range outgrows the grid, two
cells become one.
"""

from math import floor, sqrt
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["CHANNELS", "INPUT", "INPUTS", "TRAIL", "WAYS", "observe_records"]

INPUTS = 3
WAYS = 4
CHANNELS = INPUTS * WAYS
TRAILING = 12
LAGS = (2, 12)
CELLS = 10.0
WARM_UP = 20
VISITS = 10
"""Values seen alike before anything is a record among them."""
RANGE_CLOSES = 1 / 20_000
"""Share by which the range closes towards the mean with each event."""
FORGOTTEN = 1 / 30_000
"""Share by which what was seen alike closes towards its middle with each value seen alike."""
HALF = 0.07
"""Excess, as a share of the range, that gives half of the largest score."""
DAY, HOUR = 86_400.0, 3_600.0
SATURDAY = 2
"""Days from 1970-01-01, a Thursday."""

WEEKEND, AFTER, SLOTS = 24, 72, 16
"""First places of hours on weekends or not, and of cells; places for the cells of a lag.

At most 11 cells in a row are in use, and their numbers are taken modulo the places for them.
"""
PLACES = AFTER + len(LAGS) * SLOTS

TRAIL = np.dtype([("events", "<i8"), ("ring", "<f8", (TRAILING,))])
INPUT = np.dtype([
    ("low", "<f8"), ("high", "<f8"), ("mean", "<f8"), ("least", "<f8"), ("most", "<f8"),
    ("width", "<f8"), ("origin", "<f8"), ("ring", "<f8", (TRAILING,)),
    ("alike_low", "<f8", (PLACES,)), ("alike_high", "<f8", (PLACES,)), ("alike_count", "<i4", (PLACES,)),
])  # fmt: skip
"""`width` is that of a cell, 0 until the first values are in; `least` and `most` never close."""


@compiled
def cell(value: Any, one: Any) -> Any:
    """Give the number of the cell of the grid that a value lies in."""
    return floor((value - one.origin) / one.width)


@compiled
def widen(one: Any, least: Any, most: Any) -> Any:
    """Make cells twice as wide; `least` and `most` bound what they hold."""
    first, last = cell(least, one), cell(most, one)
    for start in range(AFTER, PLACES, SLOTS):
        low, high = np.zeros(SLOTS), np.zeros(SLOTS)
        count = np.zeros(SLOTS, np.int32)
        for number in range(first, last + 1):
            old, new = start + number % SLOTS, (number >> 1) % SLOTS
            if one.alike_count[old]:
                low[new] = min(low[new], one.alike_low[old]) if count[new] else one.alike_low[old]
                high[new] = max(high[new], one.alike_high[old]) if count[new] else one.alike_high[old]
                count[new] = min(count[new] + one.alike_count[old], VISITS)
        for slot in range(SLOTS):
            one.alike_low[start + slot], one.alike_high[start + slot] = low[slot], high[slot]
            one.alike_count[start + slot] = count[slot]
    one.width *= 2.0


@compiled
def learn_alike(value: Any, place: Any, one: Any) -> Any:
    """Widen what was seen in a place by a value, having closed it a little."""
    count = one.alike_count[place]
    if count == 0:
        one.alike_low[place] = one.alike_high[place] = value
    else:
        half = (one.alike_high[place] - one.alike_low[place]) / 2
        one.alike_low[place] = min(one.alike_low[place] + half * FORGOTTEN, value)
        one.alike_high[place] = max(one.alike_high[place] - half * FORGOTTEN, value)
    one.alike_count[place] = min(count + 1, VISITS)


@compiled
def learn_range(value: Any, events: Any, one: Any) -> Any:
    """Widen the range by a value, and the grid with it."""
    one.mean += (value - one.mean) / (events + 1)
    one.low, one.high = min(one.low, value), max(one.high, value)
    one.low += (one.mean - one.low) * RANGE_CLOSES
    one.high += (one.mean - one.high) * RANGE_CLOSES
    least, most = one.least, one.most
    one.least, one.most = min(least, value), max(most, value)
    if events == WARM_UP - 1:
        one.width = max((one.most - one.least) / CELLS, 1e-6 * (abs(one.most) + 1e-3))
        one.origin = (one.most + one.least) / 2
    elif one.width > 0.0:
        while one.most - one.least > CELLS * one.width:
            widen(one, least, most)


@compiled
def observe_input(value: Any, hour: Any, weekend: Any, events: Any, one: Any, scores: Any) -> Any:
    """Score one input of one series in each way, then learn it."""
    if events == 0:
        one.low = one.high = one.least = one.most = value
    size = max(one.high - one.low, 1e-9 * (abs(one.high) + 1e-3))
    for way in range(WAYS):
        place = hour if way == 0 else WEEKEND + hour + 24 * weekend
        if way >= WAYS - len(LAGS):
            lag = way - (WAYS - len(LAGS))
            if one.width == 0.0:
                continue
            number = cell(one.ring[(events - LAGS[lag]) % TRAILING], one)
            place = AFTER + lag * SLOTS + number % SLOTS
        if one.alike_count[place] >= VISITS and events >= WARM_UP:
            far = max(value - one.alike_high[place], one.alike_low[place] - value) / size
            if far > 0.0:
                scores[way] = far / (far + HALF)
        learn_alike(value, place, one)
    one.ring[events % TRAILING] = value
    learn_range(value, events, one)


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
        Filled: zeros, shape (n, 12), four columns for each input.

    """
    of_inputs = np.empty(INPUTS)
    for event in range(len(values)):
        trail, value = trails[places[event]], values[event]
        hour = min(23, int(seconds[event] % DAY / HOUR))
        weekend = 1 if (seconds[event] / DAY - SATURDAY) % 7.0 < 2.0 else 0
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
            known, out = inputs[places[event], one], scores[event, WAYS * one : WAYS * (one + 1)]
            observe_input(of_inputs[one], hour, weekend, trail.events, known, out)
        trail.events += 1
