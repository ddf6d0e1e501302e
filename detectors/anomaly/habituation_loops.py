"""Habituation: what keeps surprising surprises less. And one score from many channels.

Each channel's scores are divided by the root of what its highest scores usually are: the mean of the maxima
over 100 events each. The highest of the last 6 is held, so that channels that notice the same thing at
slightly different moments add up.
"""

from math import sqrt
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["CHANNEL", "habituate"]

BLOCK = 100
OFFSET = 0.1
SLOWEST = 0.1
"""Share of a new maximum in what is usual; more while there are fewer than 10."""
HELD = 6

CHANNEL = np.dtype([
    ("usual", "<f8"), ("highest", "<f8"), ("events", "<i8"), ("held", "<f8"), ("ring", "<f8", (HELD,)),
])  # fmt: skip


@compiled
def held(score: Any, one: Any) -> Any:
    """Give the highest of a channel's last scores, each relative to what was usual when it came."""
    one.highest = max(one.highest, score)
    maxima = one.events // BLOCK - 1  # the first block is not counted: all is new in it
    relative = 0.0
    if score > 0.0:
        relative = score / sqrt((one.usual if maxima > 0 else one.highest) + OFFSET)
    slot = one.events % HELD
    leaves, one.ring[slot] = one.ring[slot], relative
    one.events += 1
    if one.events % BLOCK == 0:
        if one.events > BLOCK:
            one.usual += (one.highest - one.usual) * max(1.0 / (maxima + 1), SLOWEST)
        one.highest = 0.0
    if relative >= one.held:
        one.held = relative
    elif leaves == one.held:
        one.held = 0.0
        for kept in range(HELD):
            one.held = max(one.held, one.ring[kept])
    return one.held


@compiled
def habituate(places: Any, scores: Any, weights: Any, channels: Any, mixed: Any) -> Any:
    """Mix the channels of each event into one number, and learn what is usual in each.

    Parameters
    ----------
    places
        The series of each event.
    scores
        Of each channel, shape (n, channels).
    weights
        Of each channel. Summed here, one after the other: a library's product of matrices may round
        differently for batches of another size.
    channels
        What is known of them (`CHANNEL`, shape (series, channels)).
    mixed
        Filled: the weighted sum, shape (n,).

    """
    for event in range(len(places)):
        total = 0.0
        for one in range(len(weights)):
            total += weights[one] * held(scores[event, one], channels[places[event], one])
        mixed[event] = total
