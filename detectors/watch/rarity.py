"""How rare a count is, for the words and bars of alerts."""

from math import log

from detectors.anomaly.tail_loops import at_least

__all__ = ["rarity"]


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

    Cost: .5 µs.

    """
    return float(at_least(float(count), float(usual), 1.0)) / log(10)
