"""Who paid with the same device lately."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud import device_loops as loops
from detectors.fraud.customer_loops import LATE_DAYS
from detectors.snapshot import Parts, column

__all__ = ["Devices"]

LEAST = 64
KEPT_MICROS = loops.SHARED_MICROS * (1 + LATE_DAYS)
"""Behind the watermark: no payment that is not late looks farther back."""


class Devices:
    """The last four customers of each device of the last days, and when each paid with it.

    Cost: .2 µs a payment with a device, nothing for others. Memory: 200 to 400 bytes a device of three days.
    """

    def __init__(self) -> None:
        self._rows: NDArray[Any] = np.zeros(LEAST, loops.DEVICE)
        self._used = 0

    def __len__(self) -> int:
        """Count the devices remembered."""
        return int(np.count_nonzero(self._rows["device"]))

    @property
    def nbytes(self) -> int:
        """Bytes of the table."""
        return self._rows.nbytes

    def observe(
        self,
        devices: NDArray[np.int64],
        keys: Sequence[str | None],
        micros: NDArray[np.int64],
        reached: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Give how many others, up to four, paid with each payment's device in a day, and remember it.

        Parameters
        ----------
        devices
            Numbers that stand for them; 0 = none.
        keys
            Who paid; None is not remembered.
        micros
            When, since 1970.
        reached
            The watermark at each payment, in microseconds; what is three days older may be forgotten.

        """
        out = np.zeros(len(devices))
        with_device = np.flatnonzero(devices)
        if not len(with_device):
            return out
        self._make_room(len(with_device), int(reached[0]) - KEPT_MICROS)
        customers = np.array([number_of(keys[row]) for row in with_device.tolist()], np.uint32)
        found = np.empty(len(with_device))
        loops.observe_devices(
            devices[with_device].astype(np.uint32), customers, micros[with_device], self._rows, found
        )
        self._used += len(with_device)
        out[with_device] = found
        return out

    def _make_room(self, more: int, cut: int) -> None:
        """Keep half of the table empty; what is old is dropped on the way."""
        if 2 * (self._used + more) <= len(self._rows):
            return
        held = self._rows[self._rows["device"] != 0]
        newest = held["micros"].max(axis=1) if len(held) else np.zeros(0, np.int64)
        self._place(held[newest > cut], more)

    def _place(self, held: NDArray[Any], more: int) -> None:
        size = LEAST
        while size < 4 * (len(held) + more):
            size *= 2
        self._rows, self._used = np.zeros(size, loops.DEVICE), len(held)
        loops.place_rows(held, self._rows)

    def snapshot(self) -> Parts:
        """Copy what is remembered."""
        return {"rows": self._rows[self._rows["device"] != 0].view(np.uint8).copy()}

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The rows are no whole number, or a device is there twice.

        """
        part = column(parts, "rows", np.uint8)
        if len(part) % loops.DEVICE.itemsize:
            raise SnapshotRefused(f"{len(part)} bytes of devices, one has {loops.DEVICE.itemsize}")
        held = part.copy().view(loops.DEVICE)
        if len(np.unique(held["device"])) != len(held) or (held["device"] == 0).any():
            raise SnapshotRefused("a device is there twice, or is none")
        self._place(held, 0)


def number_of(key: str | None) -> int:
    """Give a number in [0, 2^32) for a customer, 0 for nobody."""
    return 0 if key is None else crc32(key.encode()) or 1
