"""Labelled payments from before what the log still holds, for fits over longer windows."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.promotion import LabelExclusion

__all__ = ["Asked", "Earlier", "History", "Rows", "no_rows"]

Rows = tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]
"""Features, shape (n, n_features), whether each was fraud, and for how many it stands."""


def no_rows() -> Rows:
    """Give none."""
    return np.empty((0, 0)), np.empty(0, np.bool_), np.empty(0)


class Asked(NamedTuple):
    """Which payments; times in seconds since 1970.

    Parameters
    ----------
    feature_set
        Scored with these features.
    since, until
        Made from then to before then.
    known_to
        By what had become known by then, so that nothing is learnt ahead of its time.
    honest_share
        Of the honest ones only so many, chosen by their ids.
    exclusions
        Labels that are as if they had never come.

    """

    feature_set: str
    since: float
    until: float
    known_to: float
    honest_share: float
    exclusions: tuple[LabelExclusion, ...]


History = Callable[[Asked], Rows]
"""Whoever keeps payments longer; gives no rows if it cannot be asked."""

Earlier = Callable[[float, float, float], Rows]
"""The same for one line of models: made from, made before, by what was known by then."""
