"""Rows of records in flat arrays: the memory of customers, and of what is known of payments."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud import fact_loops as loops
from detectors.fraud.keyed_rows import SPARE, KeyedRows, read_records
from detectors.snapshot import Parts

__all__ = ["Records"]


class Records(KeyedRows):
    """Records by key, each key's sorted by time; rows of keys that are gone are reused.

    Parameters
    ----------
    row_type, record_type
        numpy types of a row, which begins with start, count and size, and of a record.

    Memory: the records, the rows, an eighth more at most for room to grow, and the keys.

    """

    def __init__(self, row_type: np.dtype[Any], record_type: np.dtype[Any]) -> None:
        super().__init__(row_type)
        self.heap: NDArray[Any] = np.zeros(0, record_type)
        self.state = np.zeros(2, np.int64)

    @property
    def entries(self) -> int:
        """Number of records."""
        return int(self.rows["count"].sum())

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, without the keys."""
        return super().nbytes + self.heap.nbytes

    def fill(self, of_rows: NDArray[np.int64], loop: Callable[[int], int]) -> None:
        """Run a loop that adds a record to each of the rows; it says where it stopped for want of room."""
        done = 0
        while (done := loop(done)) < len(of_rows):
            self._make_room(int(of_rows[done]))

    def _make_room(self, row: int) -> None:
        """Move rows together if that gains enough, else take more memory."""
        used, live = int(self.state[loops.USED]), int(self.state[loops.LIVE])
        if used - live > used // SPARE:
            held = np.flatnonzero(self.rows["size"])
            loops.slide(held[np.argsort(self.rows["start"][held])], self.rows, self.heap, self.state)
            used = int(self.state[loops.USED])
        wanted = used + 2 * int(self.rows["count"][row]) + 64
        if wanted > len(self.heap):
            larger = np.zeros(max(wanted, used + used // SPARE), self.heap.dtype)
            larger[:used] = self.heap[:used]
            self.heap = larger

    def free(self, rows: Iterable[int]) -> None:
        """Take back rows, with whatever is in them."""
        rows = list(rows)
        self.state[loops.LIVE] -= int(self.rows["size"][rows].astype(np.int64).sum())  # nobody's have none
        super().free(rows)

    def snapshot(self) -> Parts:
        """Copy all of it."""
        used = int(self.state[loops.USED])
        return {"heap": self.heap[:used].view(np.uint8).copy(), **super().snapshot()}

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together, or places outside.

        """
        super().restore(parts)
        heap = read_records(parts, "heap", self.heap.dtype)
        check_places(self.rows, np.array(self._free, np.int64), len(heap))
        self.heap = heap
        self.state = np.array([len(heap), int(self.rows["size"].astype(np.int64).sum())], np.int64)


def check_places(rows: NDArray[Any], free: NDArray[np.int64], end: int) -> None:
    """Refuse rows that reach outside of the records or share some, whatever a damaged snapshot says.

    Raises
    ------
    SnapshotRefused
        See above.

    """
    starts, counts, sizes = (rows[name].astype(np.int64) for name in ("start", "count", "size"))
    if (counts > sizes).any() or (starts + sizes > end).any():
        raise SnapshotRefused("a row reaches outside of the records")
    held = np.flatnonzero(sizes)
    order = held[np.argsort(starts[held], kind="stable")]
    if (starts[order][:-1] + sizes[order][:-1] > starts[order][1:]).any():
        raise SnapshotRefused("two rows share records")
    if sizes[free].any():
        raise SnapshotRefused("a free row has records")
