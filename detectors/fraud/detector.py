"""Features of payments, as known when each was made."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.customers import CustomerWindows
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.payments import Payments
from detectors.fraud.terminals import TerminalRisk
from detectors.snapshot import Parts, prefixed, unprefixed
from detectors.watermark import Watermark
from schemas.transaction import Transaction

__all__ = ["FraudDetector"]

SECONDS_PER_DAY = 86_400
LAST_NIGHT_SECOND = 7 * 3_600  # the handbook's night is hour <= 6
FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday


class FraudDetector:
    """Turns payments into rows of features and remembers what each customer paid.

    Parameters
    ----------
    terminals
        What is known about terminals; shared by all partitions of a worker.

    Cost: about 2 µs a payment. Memory: see `CustomerWindows`.

    """

    def __init__(self, terminals: TerminalRisk) -> None:
        self.terminals = terminals
        self.customers = CustomerWindows()
        self.watermark = Watermark()
        terminals.follow(self.watermark)

    def observe(self, payments: Sequence[Transaction]) -> NDArray[np.float64]:
        """Count payments and return their features.

        Parameters
        ----------
        payments
            Authorised and declined ones of one partition in offset order, repeats already removed. A payment
            that is late in event time gets the windows as of its own time.

        Returns
        -------
        NDArray
            Shape (n_payments, 15), columns as in `FEATURE_NAMES`: each as known at its `occurred_at`,
            before any later payment is counted. Always finite.

        """
        return self.observe_batch(Payments.of(payments))

    def observe_batch(self, payments: Payments) -> NDArray[np.float64]:
        """Do the same for payments as columns."""
        self.terminals.expire()
        seconds, micros = payments.seconds, payments.micros
        paid = self.customers.observe(
            payments.customers, payments.cards, micros, payments.amounts, self.watermark.advance_all(seconds)
        )
        paid[:, 1::2] /= 100
        days, of_day = np.divmod(seconds, SECONDS_PER_DAY)
        features = np.empty((len(seconds), len(FEATURE_NAMES)))
        features[:, 0] = payments.amounts / 100
        features[:, 1] = (days + FIRST_WEEKDAY) % 7 >= 5
        features[:, 2] = of_day < LAST_NIGHT_SECOND
        features[:, 3:9] = paid
        features[:, 9:] = self.terminals.windows_batch(payments.terminals, seconds)
        return features

    def snapshot(self) -> Parts:
        """Copy what is remembered of this partition; what is known of terminals is not part of it."""
        return {
            **prefixed("customers", self.customers.snapshot()),
            **prefixed("watermark", self.watermark.snapshot()),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        self.customers.restore(unprefixed("customers", parts))
        self.watermark.restore(unprefixed("watermark", parts))
