"""How risky an amount is, beside what is usual for who pays: one table for all, learnt from labels."""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from detectors.fraud import customer_loops as loops
from schemas.model import AmountTable

__all__ = ["AmountCounts", "AmountTables", "Tables"]

SHAPE = (loops.AMOUNT_BINS, loops.RATIO_BINS)
KEPT_SECONDS = 45 * 86_400.0
"""No payment that can still come was made before: the retention of `transactions`."""

Table = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Risks, strangeness of ratios, and e to its power, of one or more tables."""

Tables = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Which table counts for each payment, and these."""


class AmountCounts:
    """Counts labelled payments by amount and by ratio to the usual amount.

    Only labels count of terminals whose label before was honest: at a compromised terminal any amount is
    fraud. Cost: 1 µs a label.
    """

    def __init__(self) -> None:
        self.payments = np.zeros(SHAPE, np.int64)
        self.frauds = np.zeros(SHAPE, np.int64)
        self._troubled: set[str] = set()

    def learn(self, terminal: str, amount: float, log_ratio: float, *, fraud: bool) -> None:
        """Take in a payment whose verdict is known, in the order in which they became known.

        Parameters
        ----------
        terminal
            Where it was made.
        amount, log_ratio
            Its features `amount` and `amount_to_usual`.
        fraud
            The verdict.

        """
        if terminal not in self._troubled:
            place = loops.amount_bin(amount), loops.ratio_bin(max(0.0, float(np.exp(log_ratio)) - 0.01))
            self.payments[place] += 1
            self.frauds[place] += fraud
        if fraud:
            self._troubled.add(terminal)
        else:
            self._troubled.discard(terminal)

    def table(self) -> AmountTable:
        """Write it down."""
        return AmountTable(
            payments=tuple(self.payments.ravel().tolist()), frauds=tuple(self.frauds.ravel().tolist())
        )


class AmountTables:
    """Every table that was published; a payment is judged by the newest that was valid at its time.

    Before the first one every amount has the risk .005 and no ratio is strange.
    """

    def __init__(self) -> None:
        self._starts: list[float] = [-np.inf]
        self._edges = np.array(self._starts)  # the same, made once
        self._versions: list[str] = [""]
        nothing = np.zeros(SHAPE, np.int64)
        self._tables = [of_one(risks_of(nothing, nothing))]

    def add(self, version: str, valid_from: float, table: AmountTable) -> None:
        """Take in a table; one that is already there changes nothing."""
        place = bisect_right(self._starts, valid_from)
        while place and self._starts[place - 1] == valid_from and self._versions[place - 1] >= version:
            if self._versions[place - 1] == version:
                return
            place -= 1
        payments, frauds = (np.array(one, np.int64).reshape(SHAPE) for one in (table.payments, table.frauds))
        self._starts.insert(place, valid_from)
        self._versions.insert(place, version)
        self._tables.insert(place, of_one(risks_of(payments, frauds)))
        while len(self._starts) > 2 and self._starts[2] < self._starts[-1] - KEPT_SECONDS:
            del self._starts[1], self._versions[1], self._tables[1]
        self._edges = np.array(self._starts)

    def at(self, seconds: NDArray[np.float64]) -> Tables:
        """Give what counts for payments at these times."""
        places = self._edges.searchsorted(seconds, side="right") - 1
        if not len(places) or (places == places[0]).all():  # of nearly every batch
            one = self._tables[places[0] if len(places) else 0]
            return np.zeros(len(places), np.int64), *one
        used, of_table = np.unique(places, return_inverse=True)
        risks, odds, likelihoods = zip(*(self._tables[place] for place in used.tolist()), strict=True)
        return of_table, np.concatenate(risks), np.concatenate(odds), np.concatenate(likelihoods)


def risks_of(
    payments: NDArray[np.int64], frauds: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the share of fraud per amount and ratio, and the log odds that each ratio adds.

    Where little is known a cell leans on its ratio (3 payments' worth), and that on .005 (4 of them).
    """
    of_ratio = (frauds.sum(axis=0) + 0.02) / (payments.sum(axis=0) + 4)
    risks = (frauds + 3 * of_ratio) / (payments + 3)
    stolen, honest = frauds.sum(axis=0), (payments - frauds).sum(axis=0)
    spread = 0.5 * len(stolen)
    odds = np.log((stolen + 0.5) / (stolen.sum() + spread)) - np.log((honest + 0.5) / (honest.sum() + spread))
    return risks, odds if stolen.any() else np.zeros(len(stolen))


def of_one(table: tuple[NDArray[np.float64], NDArray[np.float64]]) -> Table:
    """Put one table into arrays of one, with the likelihood of each ratio."""
    risks, odds = (one[np.newaxis] for one in table)
    return risks, odds, np.exp(odds)
