"""Features of payments, as known when each was made."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud.customers import Customers
from detectors.fraud.features import (
    ABSURD_AMOUNT,
    CUSTOMER_FEATURES,
    FEATURE_NAMES,
    KEPT_SECONDS,
    TERMINAL_FEATURES,
)
from detectors.fraud.label_book import LabelBook, Suspicion
from detectors.fraud.payments import Payments
from detectors.snapshot import Parts, column, packed_texts, prefixed, texts, unprefixed
from detectors.watermark import Watermark
from schemas.metrics import OddPayment
from schemas.transaction import Transaction

__all__ = ["SUSPICIOUS", "FraudDetector", "OddPayments", "nothing_odd"]

SUSPICIOUS = 0.02
"""An amount_risk from here on is remembered for the terminal: one payment in a hundred. Less explains no
fraud there."""

OddPayments = dict[OddPayment, int]
RISK, LABELS = FEATURE_NAMES.index("amount_risk"), FEATURE_NAMES.index("terminal_labels_30d")
OF_TERMINAL = len(CUSTOMER_FEATURES)
OWN = OF_TERMINAL + len(TERMINAL_FEATURES)
WORTH_DROPPING = 1_024
DECIMALS = 5
"""What is scored is what is written down; with all 17 digits a score record would be half as large again."""


def strangers(payments: Payments, rows: NDArray[np.int64]) -> Payments:
    """Let nobody have made some of the payments."""
    keys = payments.keys.copy()
    for row in rows.tolist():
        keys[row] = None
    return payments._replace(keys=keys)


def nothing_odd() -> OddPayments:
    """Begin to count what is odd about payments."""
    return dict.fromkeys(get_args(OddPayment), 0)


class FraudDetector:
    """Turns payments into rows of features and remembers what each customer paid.

    Parameters
    ----------
    known
        What labels say; shared by all partitions of a worker.
    partition
        Number of the partition, 0 to 255. What its payments' amounts say about frauds at terminals counts for
        its own payments alone, so that features do not depend on how far other partitions have been read.
    odd
        Counts, for all partitions of a process: payments of `nobody`, with neither customer nor card; first
        payments of a customer or card; those at a terminal without a label of the last 30 days; those too
        late to be remembered; those of an absurd amount, which is nobody's habit and is not remembered
        either. All of them are scored, by what is usual for everybody.

    Cost: about 5 µs a payment in batches of 100 or more. Memory: see `Customers`.

    """

    def __init__(self, known: LabelBook, partition: int = 0, odd: OddPayments | None = None) -> None:
        self.known = known
        self.odd: OddPayments = nothing_odd() if odd is None else odd
        self._partition = partition
        self.customers = Customers()
        self.watermark = Watermark()
        # Those of this partition: whoever owns it tells the terminals again after a restart.
        self._suspicions: list[Suspicion] = []
        known.follow(self.watermark)

    def observe(self, payments: Sequence[Transaction]) -> NDArray[np.float64]:
        """Count payments and return their features.

        Parameters
        ----------
        payments
            Authorised and declined ones of one partition in offset order, repeats already removed. A payment
            that is late in event time gets the features as of its own time.

        Returns
        -------
        NDArray
            Shape (n_payments, n_features), columns as in `FEATURES`: each as known at its `occurred_at`,
            before any later payment is counted. Always finite.

        """
        return self.observe_batch(Payments.of(payments))

    def observe_batch(self, payments: Payments) -> NDArray[np.float64]:
        """Do the same for payments as columns."""
        self.known.prepare()
        self.odd["nobody"] += payments.keys.count(None)
        absurd = np.flatnonzero(payments.amounts > 100 * ABSURD_AMOUNT)
        if len(absurd):
            payments = strangers(payments, absurd)
            self.odd["absurd_amount"] += len(absurd)
        features = np.empty((len(payments.seconds), len(FEATURE_NAMES)))
        reached = self.watermark.seconds
        watermarks = self.watermark.advance_all(payments.seconds)
        if self.watermark.seconds > reached:
            self.known.expire()
        late = self.customers.late
        features[:, :OF_TERMINAL] = self.customers.observe(
            payments, reached, watermarks, self.known.customers, self.known.amounts
        )
        micros = payments.micros
        # Before the terminals are asked: the label of a payment may be known within its own batch.
        self._suspect(payments, micros, features[:, RISK])
        features[:, OF_TERMINAL:OWN] = self.known.observe(payments.terminals, micros, self._partition)
        features[:, OWN:] = payments.own
        self.odd["unknown_customer"] += self.customers.newcomers
        self.odd["unknown_terminal"] += int(np.count_nonzero(features[:, LABELS] == 0))
        self.odd["late"] += self.customers.late - late
        return np.round(features, DECIMALS, out=features)

    def _suspect(self, payments: Payments, micros: NDArray[np.int64], risks: NDArray[np.float64]) -> None:
        found = [
            (payments.terminals[row], int(micros[row]), int(payments.tags[row]), float(risks[row]))
            for row in np.flatnonzero(risks >= SUSPICIOUS).tolist()
        ]
        self.known.suspect(found, self._partition)
        self._suspicions += found
        if len(self._suspicions) >= 2 * WORTH_DROPPING and self.watermark.seconds > 0:
            cut = (self.watermark.seconds - KEPT_SECONDS) * 1e6
            if self._suspicions[WORTH_DROPPING][1] < cut:
                self._suspicions = [one for one in self._suspicions if one[1] >= cut]

    def snapshot(self) -> Parts:
        """Copy what is remembered of this partition; what labels say is not part of it."""
        return {
            **prefixed("customers", self.customers.snapshot()),
            **prefixed("watermark", self.watermark.snapshot()),
            **packed_texts("suspicions", [terminal for terminal, *_ in self._suspicions]),
            "suspicions.occurred": np.array([one for _, one, _, _ in self._suspicions], np.int64),
            "suspicions.tags": np.array([tag for _, _, tag, _ in self._suspicions], np.uint32),
            "suspicions.risks": np.array([risk for *_, risk in self._suspicions], np.float64),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        occurred = column(parts, "suspicions.occurred", np.int64)
        terminals = texts(parts, "suspicions", len(occurred))
        tags = column(parts, "suspicions.tags", np.uint32, len(occurred))
        risks = column(parts, "suspicions.risks", np.float64, len(occurred))
        if not ((risks >= 0) & (risks <= 1)).all():
            raise SnapshotRefused("a risk is not within 0 and 1")
        self.customers.restore(unprefixed("customers", parts))
        self.watermark.restore(unprefixed("watermark", parts))
        self._suspicions = list(zip(terminals, occurred.tolist(), tags.tolist(), risks.tolist(), strict=True))
        self.known.suspect(self._suspicions, self._partition)
