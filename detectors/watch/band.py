"""The band around a forecast: as wide as forecasts of that kind and size have strayed so far.

A model of chance alone says too little: of a large total what is not known of the day matters more, and of a
few events a band has to hold whole ones. So how far what came lay from what was foretold is counted, in
deviations of the model, and a band of 95 % reaches as far as 95 of 100 did (split conformal prediction, by
kind and size).

References
----------
E. B. Wilson, M. M. Hilferty: The Distribution of Chi-Square. PNAS 17, 1931.
V. Vovk, A. Gammerman, G. Shafer: Algorithmic Learning in a Random World. Springer, 2005 (chapter 4.5).
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["BandWidths", "Floats", "band", "strays"]

Floats = NDArray[np.float64]

SIZES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
"""Independent events of a slot, between which sizes are told apart."""

STEP, FARTHEST = 0.05, 8.0
"""Deviations that are counted together, and beyond which all count as one."""

ENDS = np.arange(1, round(FARTHEST / STEP) + 1) * STEP

PRIOR_SLOTS = 100.0
"""Weight of the assumption that the model is right, in slots; as many come in a day of ten stores."""

HALF_LIFE_DAYS = 7.0
"""Days that old count half."""

LEAST_SHAPE = 0.05


def band(mean: Floats, variance: Floats, deviations: Floats) -> tuple[Floats, Floats]:
    """Give the ends of a band around sums, as of a gamma distribution with this mean and variance.

    Its cube root is nearly normal (Wilson and Hilferty).
    """
    middle, root = cube_root(mean, variance)
    low = mean * np.maximum(0.0, middle - deviations * root) ** 3
    high = mean * np.maximum(0.0, middle + deviations * root) ** 3
    return low, high


def strays(mean: Floats, variance: Floats, came: Floats) -> Floats:
    """Say how many deviations wide a band must be on either side to hold what came; `mean` is above 0."""
    middle, root = cube_root(mean, variance)
    off = (np.cbrt(np.maximum(came, 0.0) / mean) - middle) / root
    # A band never ends above nothing at all because its middle is below it.
    return np.where(came > 0, np.abs(off), np.maximum(0.0, -off))


def cube_root(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Give mean and deviation of the cube root of a sum, as a share of the root of its mean."""
    root = 1 / (3 * np.sqrt(np.maximum(shape(mean, variance), LEAST_SHAPE)))
    return 1 - root**2, root


def shape(mean: Floats, variance: Floats) -> Floats:
    """Give how many independent events would be as sure as the sum."""
    return np.divide(mean**2, variance, out=np.zeros_like(mean), where=variance > 0)


class BandWidths:
    """How far forecasts strayed, by kind and by size.

    Cost: 30 µs to learn a course or to ask for one. Memory: 10 kB a kind.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Floats] = {}

    def learn(self, kind: str, mean: Floats, variance: Floats, came: Floats) -> None:
        """Take in what came of slots that were foretold, shape (slots,) each."""
        held = mean > 0
        mean, variance, came = mean[held], variance[held], came[held]
        far = np.searchsorted(ENDS[:-1], strays(mean, variance, came))
        np.add.at(self._of(kind), (sizes(mean, variance), far), 1.0)

    def fade(self, days: float) -> None:
        """Let what was learnt count less, by so many days."""
        for kind, seen in self._seen.items():
            self._seen[kind] = unseen() + (seen - unseen()) * 0.5 ** (days / HALF_LIFE_DAYS)

    def deviations(self, kind: str, mean: Floats, variance: Floats, share: float) -> Floats:
        """Say how wide the band must be that holds a share of what is to come, shape (slots,)."""
        added = np.cumsum(self._of(kind), axis=1)
        needed = np.argmax(added >= share * added[:, -1:], axis=1)
        wide: Floats = ENDS[needed][sizes(mean, variance)]
        return wide

    def _of(self, kind: str) -> Floats:
        return self._seen.setdefault(kind, unseen())


def sizes(mean: Floats, variance: Floats) -> NDArray[np.int64]:
    """Give the size of each slot, from 0."""
    return np.searchsorted(np.array(SIZES), shape(mean, variance))


def unseen() -> Floats:
    """Give what is assumed before anything was seen: strays as of a normal distribution, of every size."""
    normal = NormalDist()
    below = np.array([0.0, *(2 * normal.cdf(end) - 1 for end in ENDS)])
    row = np.diff(below) / below[-1] * PRIOR_SLOTS
    return np.tile(row, (len(SIZES) + 1, 1))
