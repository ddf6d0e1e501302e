"""Percentiles of latencies: values that were measured, never between two of them."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

__all__ = ["percentile"]


def percentile(values: NDArray[np.float64], percent: float) -> float:
    """Give the smallest value that at least so many percent of all values do not exceed.

    Raises
    ------
    ValueError
        If there are no values, or one is not a number: a latency that is missing is no latency of 0.

    """
    if not len(values) or np.isnan(values).any():
        raise ValueError("percentiles of nothing, or of what was never measured")
    # exact in thousandths of a percent: 99.9 % of 1,000 values are 999, not 999.0000000000001
    rank = ceil(round(percent * 1_000) * len(values) / 100_000)
    return float(np.sort(values)[max(rank, 1) - 1])
