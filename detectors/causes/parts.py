"""A total taken apart: one row per combination of dimension values, with what it is and what is usual."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Parts", "coded"]


@dataclass(frozen=True)
class Parts:
    """The leaves of a total.

    Parameters
    ----------
    dimensions
        Names, shape `(n_dimensions,)`.
    names
        Per dimension the value that each code stands for.
    codes
        Shape `(n_parts, n_dimensions)`; no combination twice.
    actual, expected
        Shape `(n_parts,)`, in the figure's unit; `expected` is never negative.
    dispersion
        Variance over mean of a part's figure: 1 for counts of independent events, for money about what one
        payment brings. In the figure's unit.
    uncertainty
        What a part may be expected to have though it never had any, in the figure's unit: one event in all
        days that were looked at.
    level
        How well the level of all parts together is known: variance of its logarithm, 0 = exactly.

    """

    dimensions: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int64]
    actual: NDArray[np.float64]
    expected: NDArray[np.float64]
    dispersion: float = 1.0
    uncertainty: float = 0.1
    level: float = 0.0

    @property
    def change(self) -> float:
        """What the total is more, or less, than usual."""
        return float(self.actual.sum() - self.expected.sum())


def coded(columns: Sequence[Sequence[str]]) -> tuple[tuple[tuple[str, ...], ...], NDArray[np.int64]]:
    """Give numbers to the values of each dimension in alphabetical order.

    Returns
    -------
    The values by code per dimension, and the codes, shape `(n_rows, n_dimensions)`.

    """
    names: list[tuple[str, ...]] = []
    codes = np.zeros((len(columns[0]) if columns else 0, len(columns)), np.int64)
    for place, column in enumerate(columns):
        code_of = {name: code for code, name in enumerate(sorted(set(column)))}
        codes[:, place] = np.fromiter((code_of[name] for name in column), np.int64, len(column))
        names.append(tuple(code_of))
    return tuple(names), codes
