"""What is usual for each customer, and what each paid lately."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.fraud import customer_loops as loops
from detectors.fraud.amounts import AmountTables
from detectors.fraud.devices import Devices
from detectors.fraud.features import CUSTOMER_FEATURES
from detectors.fraud.payments import Payments
from detectors.fraud.records import Records
from detectors.snapshot import Parts, column, prefixed, unprefixed
from detectors.watermark import DAY_SECONDS

__all__ = ["Customers"]

RING = loops.RING_DAYS * 86_400_000_000
STRANGE = (loops.RING_DAYS - loops.LATE_DAYS) * 86_400_000_000
SWEPT_WITHIN = 5 * DAY_SECONDS
"""Event time in which all rows are looked at: long before labels of what is folded then are forgotten."""


class Customers:
    """A customer's payments of 22 days, 96 at most, and sums of all earlier ones.

    Features of a payment at time T rest on the payments made up to T that arrived before it, with what was
    said of each by T. A payment that is more than 2 days late, behind the watermark, is a stranger's: so is
    one without customer and card. When a payment leaves the ring it is added to the sums by the label that
    was known 20 days after it; a later label changes its customer no more.

    Cost: about 2 µs a payment in batches of 100 or more. Memory: 14 bytes a payment and 200 a customer.
    """

    def __init__(self) -> None:
        self._paid = Records(loops.PAID_ROW, loops.PAID)
        self._devices = Devices()
        self.late = 0
        """Payments that came too late for their customer's past."""
        self.newcomers = 0
        """How many customers and cards of the last batch had no past."""

    def __len__(self) -> int:
        """Count the customers and cards remembered."""
        return len(self._paid)

    @property
    def entries(self) -> int:
        """Number of payments remembered."""
        return self._paid.entries

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, without the names of customers."""
        return self._paid.nbytes + self._devices.nbytes

    def observe(
        self,
        payments: Payments,
        reached: float,
        watermarks: NDArray[np.float64],
        labels: Records,
        tables: AmountTables,
    ) -> NDArray[np.float64]:
        """Give each payment's features of its customer, one after the other, and remember it.

        Parameters
        ----------
        payments
            In their order.
        reached
            The watermark before them, seconds since 1970.
        watermarks
            The one after each, rising; what is 22 days older leaves the ring.
        labels
            What was said of customers' payments, by customer.
        tables
            How risky amounts are.

        Returns
        -------
        NDArray
            Columns as in `CUSTOMER_FEATURES`, shape (n, 20).

        """
        keys, micros = payments.keys, payments.micros
        known_before = len(self._paid)
        rows, of_facts = self._paid.find_or_make(keys), labels.find(keys)
        self.newcomers = len(self._paid) - known_before
        cuts = np.maximum(watermarks * 1e6, -1e18).astype(np.int64) - RING
        out = np.empty((len(rows), len(CUSTOMER_FEATURES)))
        late = np.zeros(1, np.int64)
        paid = (rows, of_facts, micros, payments.amounts / 100, cuts, late)
        context = (payments.tags & 255, payments.flags, payments.device_numbers, payments.countries)
        of_tables = tables.at(payments.seconds)
        known = (labels.rows, labels.heap)

        def loop(begin: int) -> int:
            memory = (self._paid.rows, self._paid.heap, self._paid.state)
            done: Any = loops.observe_customers(begin, paid, context, memory, known, of_tables, out)
            return int(done)

        self._paid.fill(rows, loop)
        out[:, loops.CUSTOMER_COLUMNS] = self._others_of(
            payments.devices, rows, micros, micros > cuts + STRANGE
        )
        self.late += int(late[0])
        if len(watermarks) and watermarks[-1] > reached:
            self._sweep((watermarks[-1] - reached) / SWEPT_WITHIN, int(cuts[-1]), labels)
            self._devices.sweep(reached, float(watermarks[-1]))
        return out

    def _others_of(
        self,
        devices: Sequence[str | None],
        rows: NDArray[np.int64],
        micros: NDArray[np.int64],
        in_time: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Count who else paid with each device; what is late is a stranger's here too."""
        others = np.zeros(len(rows))
        given = {row: name for row, name in enumerate(devices) if name is not None and in_time[row]}
        if given:
            at = list(given)
            others[at] = self._devices.observe(list(given.values()), rows[at] + 1, micros[at])
        return others

    def _sweep(self, part: float, cut: int, labels: Records) -> None:
        """Forget those of the next rows who are gone; fold what is old of the others."""
        paid, rows = self._paid, self._paid.sweep(part)
        held = rows[paid.rows["count"][rows] > 0]
        old = held[paid.heap["seconds"][paid.rows["start"][held]] * 1_000_000 <= cut]
        if len(old):
            memory = (paid.rows, paid.heap, paid.state)
            loops.fold_rows(old, labels.find(paid.keys(old)), cut, memory, (labels.rows, labels.heap))
        limit = (cut + RING) // 1_000_000 - loops.GONE_SECONDS
        paid.free(rows[paid.rows["last"][rows] < limit].tolist())

    def snapshot(self) -> Parts:
        """Copy what is remembered.

        Cost: .3 µs a customer with 40 payments.
        """
        devices = prefixed("devices", self._devices.snapshot())
        return self._paid.snapshot() | devices | {"late": np.array([self.late], np.int64)}

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        self._paid.restore(parts)
        self._devices.restore(unprefixed("devices", parts))
        (self.late,) = column(parts, "late", np.int64, 1).tolist()
