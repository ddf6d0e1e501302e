"""Columns for rules, from the payments that a worker has in its hands."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.rules.columns import COLUMNS
from schemas.transaction import Transaction

__all__ = ["OF_TIME", "PaymentColumns"]

MICROS_PER_HOUR = 3_600_000_000
HOURS_PER_DAY = 24
THURSDAY = 3
"""1 January 1970 was one; counted from Monday = 0."""

CHECKS = {
    "checks_address": "address",
    "checks_security_code": "security_code",
    "checks_three_d_secure": "three_d_secure",
}


class PaymentColumns(NamedTuple):
    """Judged payments of a batch; a column is made when somebody asks for it.

    Parameters
    ----------
    payments
        In their order.
    micros
        When each was made, in microseconds since 1970.
    features
        Shape (n_payments, n_features), as the feature set that scores now orders them.
    scores
        The model's, shape (n_payments,).
    reporting_minor
        Converts minor units of a currency into the reporting currency's.

    Cost: .05 µs a payment and column.

    """

    payments: Sequence[Transaction]
    micros: NDArray[np.int64]
    features: NDArray[np.float64]
    scores: NDArray[np.float64]
    reporting_minor: Callable[[int, str], int | None]

    def of(self, name: str) -> Sequence[Any] | NDArray[Any]:
        """Give a column by its name in `COLUMNS`, lists aside."""
        column = COLUMNS[name]
        if column.origin == "feature":
            return self.features[:, column.place]
        if name == "score":
            return self.scores
        if column.origin == "time":
            return OF_TIME[name](self.micros)
        if name == "reporting_minor":
            return [self.reporting_minor(one.amount_minor, one.currency) for one in self.payments]
        if name in CHECKS:
            part = attrgetter(CHECKS[name])
            return [None if one.checks is None else part(one.checks) for one in self.payments]
        return list(map(attrgetter(name), self.payments))


def hours_utc(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    """Hours of the day, 0 to 23."""
    return micros // MICROS_PER_HOUR % HOURS_PER_DAY


def weekdays_utc(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    """Days of the week, 1 = Monday to 7 = Sunday."""
    return (micros // (MICROS_PER_HOUR * HOURS_PER_DAY) + THURSDAY) % 7 + 1


OF_TIME = {"hour_utc": hours_utc, "weekday_utc": weekdays_utc}
"""Columns that follow from the time alone, by name."""
