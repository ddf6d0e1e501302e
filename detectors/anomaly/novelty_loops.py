"""Novelty: what never came next where things were as they are now.

Means and minima over blocks of a few events become symbols on a pyramid of grids, each twice as coarse as
the one before. Which grid fits is told by the range seen so far, so a growing range needs no rebuild: coarser
grids have been learnt all along. Contexts (the last symbols, their order, the length of the run, the hour)
remember which symbols followed; the novelty of a block is the share of its contexts that never saw it come.
"""

from math import floor, inf
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["BLOCK", "GROUPED", "HOURLY", "MEAN", "MINIMUM", "ORDERED", "SLOTS", "observe_novelty"]

MEAN, MINIMUM = range(2)
ORDERED, HOURLY = range(2)
"""Sets of contexts: ten of the order of symbols, three with the hour of day."""
GROUPED = np.dtype([("events", "<i8"), ("what", "<i8"), ("cells", "<f8"), ("contexts", "<i8")])
"""A channel: events in a block, `MEAN` or `MINIMUM` of it, cells over the range, and a set of contexts."""

SLOTS = 4_096
"""Contexts remembered for each channel; where all places for one are taken it replaces another."""
PROBES = 8
WARM_UP = 20
FINER, COARSER, SCORED = 1, 4, 3
"""Levels learnt below and above the one that fits; how many are scored, from that one on."""
LEVELS = FINER + COARSER + 1
PAST = 16
SEEN = 2
"""How often a context must have been there before it may find anything new."""
FINEST = 16.0
DAY, HOUR = 86_400.0, 3_600.0

BLOCK = np.dtype([
    ("filled", "<i8"), ("gathered", "<f8"), ("novelty", "<f8"), ("blocks", "<i8"),
    ("least", "<f8"), ("most", "<f8"), ("width", "<f8"), ("origin", "<f8"), ("level", "<i8"),
    ("values", "<f8", (PAST,)), ("early", "<f8", (WARM_UP,)), ("early_hours", "<i8", (WARM_UP,)),
    ("symbols", "<i8", ((LEVELS + 1) * PAST,)), ("runs", "<i8", (LEVELS,)), ("before", "<i8", (LEVELS,)),
])  # fmt: skip
"""What is known of a channel beside its contexts; the last `symbols` on each level stand newest first."""


@compiled
def mixed(hashed: Any, number: Any) -> Any:
    """Hash one more number (MurmurHash3's last step)."""
    x = hashed * np.uint64(0x9E3779B97F4A7C15) + np.uint64(np.int64(number)) + np.uint64(0x632BE5AB)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))


@compiled
def bits(number: Any) -> Any:
    """Count the binary digits of a number."""
    count = 0
    while number > 0:
        number >>= 1
        count += 1
    return count


@compiled
def symbol(value: Any, level: Any, one: Any) -> Any:
    """Give the number of the cell of a level's grid that a value lies in."""
    return np.int64(floor((value - one.origin) / (one.width * 2.0**level) + 0.25))


@compiled
def write_contexts(row: Any, level: Any, hour: Any, kind: Any, one: Any, found: Any) -> Any:
    """Write the hashes of a level's contexts, and give their number."""
    a, coarse = one.symbols[row * PAST : (row + 1) * PAST], one.symbols[(row + 1) * PAST : (row + 2) * PAST]
    here = np.uint64(level + 64)
    last = mixed(here, a[0])
    found[0] = mixed(last, 1)
    if kind == HOURLY:
        found[1] = mixed(mixed(here, hour), 11)
        found[2] = mixed(mixed(last, hour), 12)
        return 3
    two = mixed(last, a[1])
    run = mixed(last, bits(one.runs[row]))
    found[1] = mixed(two, 2)
    found[2] = mixed(mixed(two, a[2]), 3)
    found[3] = mixed(mixed(last, a[2]), 4)
    found[4] = mixed(mixed(mixed(here, a[1]), a[3]), 5)
    found[5] = mixed(run, 6)
    found[6] = mixed(mixed(run, one.before[row]), 7)
    found[7] = mixed(mixed(last, a[5]), 8)
    found[8] = mixed(mixed(last, a[11]), 9)
    found[9] = mixed(mixed(mixed(last, coarse[3]), coarse[7]), 10)
    return 10


@compiled
def place_of(context: Any, keys: Any, followers: Any) -> Any:
    """Find a context's place, or make one. A key is 30 bits of the hash and 2 that count."""
    key = np.uint32(context >> np.uint64(34)) << np.uint32(2)
    first = np.int64(context & np.uint64(SLOTS - 1))
    for probe in range(PROBES):
        place = (first + probe) % SLOTS
        if keys[place] == 0:
            keys[place] = key
            return place
        if keys[place] & np.uint32(0xFFFFFFFC) == key:
            return place
    keys[first] = key
    followers[first] = np.uint64(0)
    return first


@compiled
def novelty_of(value: Any, hour: Any, kind: Any, one: Any, keys: Any, followers: Any) -> Any:
    """Give the share of contexts that never saw this come next, and learn that it did.

    What followed is a bit of 64, by the symbol: on the finest level learnt there are at most 42 in a row.
    """
    found = np.empty(10, np.uint64)
    new = known = 0
    for row in range(LEVELS):
        level = one.level - FINER + row
        bit = np.uint64(1) << np.uint64(symbol(value, level, one) & 63)
        scored = FINER <= row < FINER + SCORED
        for context in range(write_contexts(row, level, hour, kind, one, found)):
            place = place_of(found[context], keys, followers)
            count = keys[place] & np.uint32(3)
            if scored and count >= SEEN:
                known += 1
                new += (followers[place] & bit) == 0
            followers[place] |= bit
            if count < SEEN:
                keys[place] += np.uint32(1)
    return new / known if known else 0.0


@compiled
def push(value: Any, one: Any) -> Any:
    """Make a value the last one on all levels."""
    for row in range(LEVELS + 1):
        number = symbol(value, one.level - FINER + row, one)
        start = row * PAST
        if row < LEVELS:
            if number == one.symbols[start]:
                one.runs[row] += 1
            else:
                one.before[row] = one.symbols[start + PAST]
                one.runs[row] = 1
        for past in range(PAST - 1, 0, -1):
            one.symbols[start + past] = one.symbols[start + past - 1]
        one.symbols[start] = number
    for past in range(PAST - 1, 0, -1):
        one.values[past] = one.values[past - 1]
    one.values[0] = value


@compiled
def rise(one: Any) -> Any:
    """Write the last symbols anew after the level has changed; a run is known up to their number."""
    for row in range(LEVELS + 1):
        for past in range(PAST):
            one.symbols[row * PAST + past] = symbol(one.values[past], one.level - FINER + row, one)
    for row in range(LEVELS):
        run, start = 1, row * PAST
        while run < PAST - 1 and one.symbols[start + run] == one.symbols[start]:
            run += 1
        one.runs[row] = run
        one.before[row] = one.symbols[start + PAST + run]


@compiled
def observe_block(value: Any, hour: Any, grouped: Any, one: Any, keys: Any, followers: Any) -> Any:
    """Give the novelty of a block, and learn it. The first ones are kept until the grids can be laid."""
    blocks = one.blocks
    one.blocks += 1
    one.least, one.most = (min(one.least, value), max(one.most, value)) if blocks else (value, value)
    if blocks < WARM_UP:
        one.early[blocks], one.early_hours[blocks] = value, hour
        if blocks < WARM_UP - 1:
            return 0.0
        one.width = max((one.most - one.least) / grouped.cells, 1e-6 * (abs(one.most) + 1e-3)) / FINEST
        one.origin = one.early[0] + 0.5 * one.width * grouped.cells
    level = one.level
    while one.most - one.least > grouped.cells * one.width * 2.0**one.level:
        one.level += 1
    if blocks < WARM_UP:
        for early in range(WARM_UP):
            novelty_of(one.early[early], one.early_hours[early], grouped.contexts, one, keys, followers)
            push(one.early[early], one)
        return 0.0
    if one.level != level:
        rise(one)
    novelty = novelty_of(value, hour, grouped.contexts, one, keys, followers)
    push(value, one)
    return novelty


@compiled
def observe_novelty(
    places: Any, seconds: Any, values: Any, channels: Any, blocks: Any, keys: Any, followers: Any, scores: Any
) -> Any:
    """Score values in their order by the last whole block of each channel.

    Parameters
    ----------
    places
        The series of each.
    seconds, values
        Their times and the values.
    channels
        What each is (`GROUPED`).
    blocks
        What is known (`BLOCK`, shape (series, channels)).
    keys, followers
        Contexts and what followed them, shape (series, channels, `SLOTS`).
    scores
        Filled, shape (n, channels) or wider.

    """
    for event in range(len(values)):
        hour = min(23, int(seconds[event] % DAY / HOUR))
        for channel in range(len(channels)):
            grouped, one = channels[channel], blocks[places[event], channel]
            value = values[event]
            if one.filled == 0:
                one.gathered = 0.0 if grouped.what == MEAN else inf
            one.gathered = one.gathered + value if grouped.what == MEAN else min(one.gathered, value)
            one.filled += 1
            if one.filled == grouped.events:
                whole = one.gathered / grouped.events if grouped.what == MEAN else one.gathered
                memory = keys[places[event], channel], followers[places[event], channel]
                one.novelty = observe_block(whole, hour, grouped, one, memory[0], memory[1])
                one.filled = 0
            scores[event, channel] = one.novelty
