"""What is known of many series: structured arrays with one row for each series."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column, prefixed, unprefixed

__all__ = ["RowDetector", "RowSet", "Rows"]


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


class RowSet:
    """Rows of several kinds for the same series, by name: what a detector knows.

    Parameters
    ----------
    rows
        Each with as many series.

    """

    def __init__(self, rows: Mapping[str, Rows]) -> None:
        self._rows = dict(rows)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Give the array of a kind."""
        return self._rows[name].array

    @property
    def series(self) -> int:
        """Number of series."""
        return len(next(iter(self._rows.values())).array)

    def grow(self, series: int) -> None:
        """Have rows for so many series, at least for those that are there."""
        for rows in self._rows.values():
            rows.grow(series)

    def snapshot(self) -> Parts:
        """Copy all rows."""
        parts: Parts = {}
        for name, rows in self._rows.items():
            parts |= prefixed(name, rows.snapshot())
        return parts

    def restore(self, parts: Parts) -> None:
        """Take up all rows of a snapshot.

        Raises
        ------
        SnapshotRefused
            A kind is missing, is not whole rows or has another number of series than the others.

        """
        for name, rows in self._rows.items():
            rows.restore(unprefixed(name, parts))
        counts = {name: len(rows.array) for name, rows in self._rows.items()}
        if len(set(counts.values())) > 1:
            raise SnapshotRefused(f"numbers of series differ: {counts}")


class RowDetector:
    """The part of an `AnomalyDetector` that all have whose knowledge is a `RowSet`."""

    _rows: RowSet

    @property
    def series(self) -> int:
        """Number of series watched."""
        return self._rows.series

    def grow(self, series: int) -> None:
        """Watch so many series from now on; those already watched go on as they were."""
        self._rows.grow(series)

    def snapshot(self) -> Parts:
        """Copy what is known of all series."""
        return self._rows.snapshot()

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot; see `AnomalyDetector.restore`."""
        self._rows.restore(parts)
