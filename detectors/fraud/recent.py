"""The latest payments, thinned: what a new model's threshold is set on."""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from detectors.watermark import DAY_SECONDS

__all__ = ["RecentPayments"]


class RecentPayments:
    """Features of the payments of the last days, in bounded memory.

    When the rows do not suffice, every second one is dropped and only every second, fourth, … payment is
    taken from then on; a row then stands for that many payments.

    Parameters
    ----------
    days
        How far back, in event time.
    capacity
        Rows kept at most. 10,000 rows of 35 features are 2.8 MB and put the threshold of 50 alerts a day
        among 9,600 payments a day at rank 50 of them.

    """

    def __init__(self, width: int, *, days: float = 7.0, capacity: int = 10_000) -> None:
        self._days = days
        self._capacity = capacity
        self._rows = np.empty((capacity, width))
        self._times = np.empty(capacity)
        self._count = 0
        self._stride = 1
        self._skipped = 0

    def __len__(self) -> int:
        """Count the rows kept."""
        return self._count

    def add(self, seconds: float, features: Sequence[float] | NDArray[np.float64]) -> None:
        """Keep a payment's features; `seconds` since 1970."""
        self._skipped += 1
        if self._skipped < self._stride:
            return
        self._skipped = 0
        if self._count == self._capacity:
            self._make_room()
        self._rows[self._count] = features
        self._times[self._count] = seconds
        self._count += 1

    def rows(self, until: float) -> tuple[NDArray[np.float64], float]:
        """Give the rows up to a moment, or the nearest, and the payments a day that each stands for.

        Parameters
        ----------
        until
            Seconds since 1970.

        Returns
        -------
        tuple
            Features, shape (n_rows, n_features), and payments a day of one row; it is 0 without rows.

        """
        if not self._count:
            return self._rows[:0], 0.0
        times = self._times[: self._count]
        # Where labels are days behind the payments, or come when no payments do, the nearest ones serve.
        oldest, newest = float(times.min()), float(times.max())
        last = float(times.max(where=times <= until, initial=-inf))
        until = max(last, min(oldest + self._days * DAY_SECONDS / 2, newest))
        chosen = (times > until - self._days * DAY_SECONDS) & (times <= until)
        # The first hour of a stream says nothing about a day: a span counts as an hour at least.
        span = max(until - float(times[chosen].min()), 3_600.0)
        return self._rows[: self._count][chosen], self._stride * DAY_SECONDS / span

    def threshold(self, scores: NDArray[np.float64], per_day: float, alerts_per_day: float) -> float:
        """Find the score that so many payments a day reach.

        Parameters
        ----------
        scores
            Of the rows, by the model in question.
        per_day
            Payments a day that each row stands for.
        alerts_per_day
            The budget.

        Returns
        -------
        float
            In [0, 1]; where fewer payments come than the budget allows, it is the lowest score seen.

        """
        if not len(scores):
            return 1.0
        rank = round(alerts_per_day / per_day)
        if rank >= len(scores):
            return float(scores.min())
        descending = np.sort(scores)[::-1]
        if rank == 0:
            return min(1.0, float(np.nextafter(descending[0], inf)))
        # Halfway to the next lower score, so that a tie does not decide.
        return float((descending[rank - 1] + descending[rank]) / 2)

    def _make_room(self) -> None:
        """Drop what is too old; if that is less than a quarter, every second row."""
        newest = np.median(self._times[-64:]) if self._capacity >= 64 else self._times.max()
        kept = self._times > newest - self._days * DAY_SECONDS
        if kept.sum() > self._capacity * 3 // 4:
            kept[::2] = False
            self._stride *= 2
        count = int(kept.sum())
        self._rows[:count] = self._rows[kept]
        self._times[:count] = self._times[kept]
        self._count = count
