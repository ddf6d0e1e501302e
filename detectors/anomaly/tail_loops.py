"""How rare a value is: tails of the normal, Poisson and negative binomial distributions, as logarithms.

Logarithms throughout, so that what is rarer than the smallest number still has an order.
"""

from math import ceil, erfc, exp, floor, inf, lgamma, log, log1p, sqrt
from typing import Any

from detectors.compiled import compiled

__all__ = ["at_least", "at_most", "count_surprises", "normal_surprises"]

TERMS = 400
"""Of a tail that are added up; what comes after is below rounding where the mean is not far beyond."""
ENOUGH = 1e-12
LARGE_MEAN, LARGE_SPREAD = 200.0, 1e-9
"""From this mean on the normal distribution serves; below this variance ÷ mean − 1 it is Poisson."""
LARGEST_COUNT = 1e9
ROOT_TWO, LOG_ROOT_TWO_PI = sqrt(2.0), 0.9189385332046727


@compiled
def beyond(far: Any) -> Any:
    """Give −ln of the probability that a normal value lies so many deviations above the mean, or more."""
    if far < 10.0:
        return -log(0.5 * erfc(far / ROOT_TWO))
    return far * far / 2.0 + log(far) + LOG_ROOT_TWO_PI


@compiled
def point(count: Any, mean: Any, spread: Any) -> Any:
    """Give ln of the probability of a count; `spread` = variance ÷ mean, 1 = Poisson."""
    if spread - 1.0 < LARGE_SPREAD:
        return count * log(mean) - mean - lgamma(count + 1.0)
    size = mean / (spread - 1.0)
    return (
        lgamma(count + size) - lgamma(size) - lgamma(count + 1.0)
        - size * log(spread) + count * (log1p(-1.0 / spread))
    )  # fmt: skip


@compiled
def at_least(count: Any, mean: Any, spread: Any) -> Any:
    """Give −ln of the probability that so many come, or more, from 0."""
    count = ceil(count)
    if count <= 0.0:
        return 0.0
    if mean <= 0.0:
        return inf
    if mean > LARGE_MEAN or count > LARGEST_COUNT:
        return max(0.0, beyond((count - 0.5 - mean) / sqrt(mean * spread)))
    if count <= mean:  # likelier than not, or nearly
        return max(0.0, -log(max(1.0 - exp(-at_most(count - 1.0, mean, spread)), 1e-300)))
    size = mean / (spread - 1.0) if spread - 1.0 >= LARGE_SPREAD else 0.0
    term, tail, number = 1.0, 1.0, count
    for _ in range(TERMS):
        number += 1.0
        term *= (mean if size == 0.0 else (number - 1.0 + size) * (1.0 - 1.0 / spread)) / number
        tail += term
        if term < ENOUGH * tail:
            break
    return max(0.0, -point(count, mean, spread) - log(tail))


@compiled
def at_most(count: Any, mean: Any, spread: Any) -> Any:
    """Give −ln of the probability that no more come, from 0."""
    count = floor(count)
    if count < 0.0:
        return inf
    if mean <= 0.0:
        return 0.0
    if mean > LARGE_MEAN:
        return max(0.0, beyond((mean - count - 0.5) / sqrt(mean * spread)))
    size = mean / (spread - 1.0) if spread - 1.0 >= LARGE_SPREAD else 0.0
    number = min(count, floor(mean + 60.0 * sqrt(mean * spread) + 60.0))
    term, tail, first = 1.0, 1.0, point(number, mean, spread)
    while number > 0.0:
        term *= number / (mean if size == 0.0 else (number - 1.0 + size) * (1.0 - 1.0 / spread))
        tail += term
        number -= 1.0
        if term < ENOUGH * tail:
            break
    return max(0.0, -first - log(tail))


@compiled
def normal_surprises(far: Any, surprise: Any) -> Any:
    """Fill in −ln of the probability that a normal value lies as far from its mean, on either side."""
    for event in range(len(far)):
        away = abs(far[event])
        surprise[event] = max(0.0, beyond(away) - log(2.0)) if away > 0.0 else 0.0


@compiled
def count_surprises(counts: Any, means: Any, spreads: Any, surprise: Any) -> Any:
    """Fill in −ln of the probability of a count as high or as low, the rarer side, both sides counted.

    Parameters
    ----------
    counts
        What came, from 0.
    means
        What is usual.
    spreads
        Variance ÷ mean, from 1 = Poisson.
    surprise
        Filled, from 0.

    """
    for event in range(len(counts)):
        count, mean, spread = counts[event], means[event], spreads[event]
        side = at_least(count, mean, spread) if count >= mean else at_most(count, mean, spread)
        surprise[event] = max(0.0, side - log(2.0))
