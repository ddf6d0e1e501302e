"""The one combination of dimension values that best explains a change.

A cause moves all that it covers by one factor and leaves the rest as it usually is (what Squeeze calls the
ripple effect). How much better this explains the figures than "nothing happened" is the log likelihood ratio
of Poisson counts with a dispersion: the expectation-based scan statistic. It depends on two sums alone,
punishes a combination that is too wide (the factor is diluted) and one that is too narrow (part of the change
is left over), and exp(−gain) bounds the chance of seeing as much by accident (Chernoff). What a combination
costs to name is taken off, in nats: log of the number of dimensions and of the number of values, for each
dimension in it. That also keeps the chance of any accident among all combinations small.

References
----------
Neill, Expectation-based scan statistics for monitoring spatial time series data, 2009. Bhagwan et al.,
Adtributor, NSDI 2014. Persson and Rudenius, R-Adtributor, 2018. Li et al., Squeeze, ISSRE 2019.

"""

from collections.abc import Iterator
from itertools import combinations
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.causes.parts import Parts

__all__ = ["LEAST_SHARE", "MOST_DIMENSIONS", "Combination", "best_combination", "covered", "gain"]

MOST_DIMENSIONS = 3
LEAST_SHARE = 0.1
"""A combination that could carry less of the change is not looked at. Chosen."""

LEVEL_STEPS = 4
FURTHEST = 0.5
"""Newton's steps to the best level, and how far its logarithm may go."""


class Combination(NamedTuple):
    """Values of some dimensions, and what they cover.

    `rows` are the parts covered; `gain` is in nats, and `cost` what naming it costs, in nats too.
    """

    values: tuple[tuple[int, int], ...]
    """Dimension and code, by dimension; empty = everything."""
    rows: NDArray[np.bool_]
    actual: float
    expected: float
    gain: float
    cost: float


def gain(
    actual: NDArray[np.float64],
    expected: NDArray[np.float64],
    parts: Parts,
    total: tuple[float, float] | None = None,
) -> NDArray[np.float64]:
    """Say how much better a factor of its own explains each sum than "as usual" does; in nats, from 0.

    A sum that rose is held against a little more than was expected: what was never seen before is no proof.
    How good a day it is is only known so well (`parts.level`): with and without the factor the level of the
    rest may be a little off, at the price of its own log likelihood.

    Parameters
    ----------
    actual, expected
        The sums.
    parts
        What is known of them: dispersion, level.
    total
        What is there in all, and what is expected; none = each sum is all there is.

    """
    seen = np.maximum(actual, 0.0)
    usual = expected + np.where(seen > expected, parts.uncertainty, 0.0)
    ratio = np.divide(seen, usual, out=np.ones_like(seen), where=(seen > 0) & (usual > 0))
    nats: NDArray[np.float64] = (seen * np.log(ratio) - seen + usual) / parts.dispersion
    if parts.level > 0:
        all_seen, all_usual = (
            (seen, usual) if total is None else (np.maximum(total[0], 0.0), np.array(total[1]))
        )
        rest = np.maximum(all_seen - seen, 0.0), np.maximum(all_usual - expected, 0.0)
        nats = nats + level_gain(*rest, parts) - level_gain(all_seen, all_usual, parts)
    return np.maximum(nats, 0.0)


def level_gain(seen: NDArray[np.float64], usual: NDArray[np.float64], parts: Parts) -> NDArray[np.float64]:
    """Say how much better a level that is a little off explains a sum, less what is against such a level."""
    level = np.zeros_like(usual)
    for _ in range(LEVEL_STEPS):
        grown = usual * np.exp(level)
        slope = (seen - grown) / parts.dispersion - level / parts.level
        level = np.clip(level + slope / (grown / parts.dispersion + 1 / parts.level), -FURTHEST, FURTHEST)
    nats = (seen * level - usual * np.expm1(level)) / parts.dispersion - level**2 / (2 * parts.level)
    return np.asarray(np.maximum(nats, 0.0), np.float64)


def best_combination(parts: Parts, left: NDArray[np.bool_], direction: int, *, least: float) -> Combination:
    """Search all combinations of up to three dimensions among the parts that are left.

    Parameters
    ----------
    parts
        The total taken apart.
    left
        Which parts are still to be explained.
    direction
        -1 = what is less than usual, 1 = what is more.
    least
        What a combination's own parts must be off at least, in the figure's unit. A combination that holds
        less is passed over together with all that is narrower, which loses nothing: those are off by no more.

    Returns
    -------
    The one with the largest gain less cost; everything together if nothing is better. Of equals the one with
    fewer dimensions, and then the one named first.

    Cost: 2 ms for 300 parts, 7 for 5,000 parts of six dimensions, 51 for 50,000.

    """
    codes, actual, expected = parts.codes[left], parts.actual[left], parts.expected[left]
    off = np.maximum(direction * (actual - expected), 0.0)
    best = Combination((), left, float(actual.sum()), float(expected.sum()), 0.0, 0.0)
    if direction * (best.actual - best.expected) > 0:
        best = best._replace(gain=float(gain(np.array(best.actual), np.array(best.expected), parts)))
    total = best.actual, best.expected
    for dimensions, cost, rows, group in cuboids(codes, off, least):
        if not rows.size:
            continue
        seen, usual = sums(group, actual[rows]), sums(group, expected[rows])
        nats = np.where(direction * (seen - usual) > 0, gain(seen, usual, parts, total), 0.0)
        place = int(nats.argmax())
        if nats[place] - cost > best.gain - best.cost:
            one = codes[rows[int((group == place).argmax())]]
            values = tuple((dimension, int(one[dimension])) for dimension in dimensions)
            best = Combination(
                values, left, float(seen[place]), float(usual[place]), float(nats[place]), cost
            )
    return best._replace(rows=left & covered(parts, best.values))


def sums(group: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up by group."""
    return np.asarray(np.bincount(group, weights), np.float64)


def covered(parts: Parts, values: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
    """Say which parts have all these values."""
    rows = np.ones(len(parts.codes), np.bool_)
    for dimension, code in values:
        rows &= parts.codes[:, dimension] == code
    return rows


def cuboids(
    codes: NDArray[np.int64], off: NDArray[np.float64], least: float
) -> Iterator[tuple[tuple[int, ...], float, NDArray[np.int64], NDArray[np.int64]]]:
    """Yield dimensions, their cost, the rows that are still worth a look, and the group of each of these.

    A row drops out of a combination of dimensions once its group in a part of them is off by too little.
    """
    count, width = codes.shape
    sizes = [int(np.unique(codes[:, dimension]).size) for dimension in range(width)]
    wide = [dimension for dimension in range(width) if sizes[dimension] > 1]
    alive: dict[tuple[int, ...], NDArray[np.bool_]] = {(): np.ones(count, np.bool_)}
    for depth in range(1, min(MOST_DIMENSIONS, len(wide)) + 1):
        for dimensions in combinations(wide, depth):
            worth = np.ones(count, np.bool_)
            for narrower in combinations(dimensions, depth - 1):
                worth &= alive[narrower]
            rows = np.flatnonzero(worth)
            group = grouped(codes[rows][:, dimensions])
            enough = np.bincount(group, off[rows]) >= least if rows.size else np.zeros(0, np.bool_)
            kept = np.zeros(count, np.bool_)
            kept[rows] = enough[group] if rows.size else False
            alive[dimensions] = kept
            cost = sum(log(len(wide)) + log(sizes[dimension]) for dimension in dimensions)
            yield dimensions, cost, rows[kept[rows]], renumbered(group[kept[rows]])


def grouped(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give numbers to combinations of codes, in the order of the codes."""
    key = np.zeros(len(codes), np.int64)
    for column in codes.T:
        key = key * (int(column.max()) + 1 if column.size else 1) + column
    return renumbered(key)


def renumbered(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give numbers to the values that occur, in their order; without sorting where they are few."""
    if not key.size:
        return key
    largest = int(key.max())
    if largest > 8 * key.size + 1_024:
        return np.unique(key, return_inverse=True)[1].astype(np.int64)
    occurs = np.zeros(largest + 1, np.int64)
    occurs[key] = 1
    return (np.cumsum(occurs) - 1)[key]
