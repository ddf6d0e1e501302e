"""Who paid with the same device lately."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.fraud import device_loops as loops
from detectors.fraud.customer_loops import LATE_DAYS
from detectors.fraud.keyed_rows import KeyedRows
from detectors.snapshot import Parts
from detectors.watermark import DAY_SECONDS

__all__ = ["Devices"]

KEPT_SECONDS = DAY_SECONDS * (1 + LATE_DAYS)
"""Behind the watermark: no payment that is not late looks farther back."""
SWEPT_WITHIN = DAY_SECONDS
"""Event time in which all devices are looked at: so long may one that is gone take memory."""
SWEEP_SECONDS = 600
"""Event time between two looks: one after each small batch would cost more than the payments."""


class Devices:
    """The last four customers of each device of the last days, and when each paid with it.

    Cost: .3 µs a payment with a device in batches of 200, 1.6 in batches of 4; .02 for others. Memory: 190
    bytes a device of the last three days or four.
    """

    def __init__(self) -> None:
        self._seen = KeyedRows(loops.DEVICE)

    def __len__(self) -> int:
        """Count the devices remembered."""
        return len(self._seen)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, without the names of devices."""
        return self._seen.nbytes

    def observe(
        self, devices: Sequence[str], customers: NDArray[np.int64], micros: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Give how many others, up to four, paid with each payment's device in a day, and remember it.

        Parameters
        ----------
        devices
            With which each payment was made. Payments that are late are none of them.
        customers
            Numbers that stand for who paid; 0 is nobody, and not remembered.
        micros
            When, since 1970.

        """
        out = np.empty(len(devices))
        loops.observe_devices(self._seen.find_or_make(devices), customers, micros, self._seen.rows, out)
        return out

    def sweep(self, reached: float, watermark: float) -> None:
        """Forget those of the next devices that are gone, as many as the watermark went on for."""
        steps = watermark // SWEEP_SECONDS - reached // SWEEP_SECONDS
        if not steps > 0:  # NaN before time has begun
            return
        rows = self._seen.sweep(steps * SWEEP_SECONDS / SWEPT_WITHIN)
        newest = self._seen.rows["micros"][rows].max(axis=1)
        self._seen.free(rows[newest < (watermark - KEPT_SECONDS) * 1e6].tolist())

    def snapshot(self) -> Parts:
        """Copy what is remembered."""
        return self._seen.snapshot()

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        self._seen.restore(parts)
