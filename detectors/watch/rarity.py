"""How rare a count is."""

from math import exp, inf, lgamma, log, log10

__all__ = ["rarity"]

TERMS = 200
"""Of the tail that are added up; what comes after is below rounding for the small means used here."""


def rarity(count: int, usual: float) -> float:
    """Say how rare it is that so many come, or more, if `usual` come on average.

    Parameters
    ----------
    count
        How many came.
    usual
        Mean of the Poisson distribution, above 0.

    Returns
    -------
    float
        −log10 of the probability, from 0: 3 = once in a thousand times. Several independent ones add up.

    Examples
    --------
    >>> round(rarity(3, 0.1), 2), rarity(0, 5.0)
    (3.81, 0.0)

    """
    if count <= 0:
        return 0.0
    if usual <= 0:
        return inf
    term, tail = 1.0, 1.0
    for number in range(count + 1, count + TERMS):
        term *= usual / number
        tail += term
        if term < 1e-12 * tail:
            break
    # the first term in logarithms, so that a count of 500 does not underflow
    first = count * log(usual) - usual - lgamma(count + 1)
    return max(0.0, -(first + log(tail)) / log(10)) if first > -600 else -first * log10(exp(1))
