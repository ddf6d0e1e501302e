"""What is known of many series: structured arrays with one row for each series."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column

__all__ = ["Rows"]


class Rows:
    """An array whose first axis is the series; new rows are zeros.

    Parameters
    ----------
    dtype
        Of one element.
    shape
        Of one series' row.
    series
        Number of rows.
    counters
        Fields that are never negative, since loops find their places by them.

    """

    def __init__(self, dtype: Any, shape: tuple[int, ...], series: int, counters: Sequence[str] = ()) -> None:
        self.array: NDArray[Any] = np.zeros((series, *shape), dtype)
        self._counters = counters

    def grow(self, series: int) -> None:
        """Have so many rows, at least those that are there."""
        more = series - len(self.array)
        if more > 0:
            rows = np.zeros((more, *self.array.shape[1:]), self.array.dtype)
            self.array = np.concatenate([self.array, rows])

    def snapshot(self) -> Parts:
        """Copy all rows, as bytes."""
        return {"rows": self.array.reshape(-1).view(np.uint8).copy()}

    def restore(self, parts: Parts) -> None:
        """Take up all rows of a snapshot.

        Raises
        ------
        SnapshotRefused
            They are not whole rows, or a counter is negative.

        """
        written = column(parts, "rows", np.uint8)
        shape = self.array.shape[1:]
        size = self.array.dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        if len(written) % size:
            raise SnapshotRefused(f"{len(written)} bytes are not rows of {size}")
        array = written.view(self.array.dtype).reshape(-1, *shape).copy()
        for field in self._counters:
            if (array[field] < 0).any():
                raise SnapshotRefused(f"{field} is negative")
        self.array = array
