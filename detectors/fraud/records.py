"""Rows of records in flat arrays: the memory of customers, and of what is known of payments."""

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud import fact_loops as loops
from detectors.snapshot import Parts, column, packed_texts, texts

__all__ = ["Records"]

SPARE = 16
"""A sixteenth of what is in use may be empty or garbage before rows are moved together."""


class Records:
    """Records by key, each key's sorted by time; rows of keys that are gone are reused.

    Parameters
    ----------
    row_type, record_type
        numpy types of a row, which begins with start, count and size, and of a record.

    Memory: the records, the rows, an eighth more at most for room to grow, and the keys.

    """

    def __init__(self, row_type: np.dtype[Any], record_type: np.dtype[Any]) -> None:
        self.rows: NDArray[Any] = np.zeros(0, row_type)
        self.heap: NDArray[Any] = np.zeros(0, record_type)
        self.state = np.zeros(2, np.int64)
        self._index: dict[str, int] = {}
        self._keys: list[str | None] = []
        self._free: list[int] = []
        self._swept = 0

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._index)

    @property
    def entries(self) -> int:
        """Number of records."""
        return int(self.rows["count"].sum())

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, without the keys."""
        return self.rows.nbytes + self.heap.nbytes

    def row(self, key: str) -> int:
        """Give the row of a key; -1 if there is none."""
        return self._index.get(key, -1)

    def keys(self, rows: NDArray[np.int64]) -> list[str | None]:
        """Give the keys of rows."""
        return [self._keys[row] for row in rows.tolist()]

    def find(self, keys: Sequence[str | None]) -> NDArray[np.int64]:
        """Give the row of each key; -1 for None and for keys without one."""
        rows = map(self._index.get, keys, repeat(-1))  # type: ignore[arg-type]  # None too
        return np.fromiter(rows, np.int64, len(keys))

    def find_or_make(self, keys: Sequence[str | None]) -> NDArray[np.int64]:
        """Give the row of each key, -1 for None; new keys get new rows."""
        found = self.find(keys)
        if (found < 0).any():
            index = self._index
            new = list(dict.fromkeys(key for key in keys if key is not None and key not in index))
            for key, row in zip(new, self._new_rows(len(new)), strict=True):
                index[key], self._keys[row] = row, key
            found = self.find(keys)
        return found

    def _new_rows(self, count: int) -> list[int]:
        if len(self._free) < count:
            first = len(self.rows)
            more = count - len(self._free) + first // SPARE
            self.rows = np.concatenate([self.rows, np.zeros(more, self.rows.dtype)])
            self._keys += [None] * more
            self._free += range(first + more - 1, first - 1, -1)
        return [self._free.pop() for _ in range(count)]

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

    def sweep(self, part: float) -> NDArray[np.int64]:
        """Give the next rows to look at, this part of all or a little more, so that all are seen in turn."""
        end = self._swept + ceil(min(part, 1.0) * len(self.rows))
        rows = np.arange(self._swept, min(end, len(self.rows)))
        self._swept = 0 if end >= len(self.rows) else end
        return rows

    def free(self, rows: Iterable[int]) -> None:
        """Take back rows, with whatever is in them."""
        for row in rows:
            key = self._keys[row]
            if key is None:
                continue
            del self._index[key]
            self._keys[row] = None
            self.state[loops.LIVE] -= int(self.rows["size"][row])
            self.rows[row] = np.zeros(1, self.rows.dtype)[0]
            self._free.append(row)

    def snapshot(self) -> Parts:
        """Copy all of it."""
        used = int(self.state[loops.USED])
        return {
            "heap": self.heap[:used].view(np.uint8).copy(),
            "rows": self.rows.view(np.uint8).copy(),
            "free": np.array(self._free, np.int64),
            "keyed": np.fromiter(self._index.values(), np.uint32, len(self._index)),
            "swept": np.array([self._swept], np.int64),
            **packed_texts("keys", list(self._index)),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together, or places outside.

        """
        heap = read_records(parts, "heap", self.heap.dtype)
        rows = read_records(parts, "rows", self.rows.dtype)
        free = column(parts, "free", np.int64)
        keyed = column(parts, "keyed", np.uint32)
        keys = texts(parts, "keys", len(keyed))
        (swept,) = column(parts, "swept", np.int64, 1).tolist()
        taken = np.concatenate([free, keyed.astype(np.int64)])
        if len(taken) != len(rows) or not distinct_within(taken, len(rows)) or len(set(keys)) != len(keys):
            raise SnapshotRefused("two keys share a row, a row is nobody's, or a key is there twice")
        if not 0 <= swept <= len(rows):
            raise SnapshotRefused("the sweep stands outside of the rows")
        check_places(rows, free, len(heap))
        self.rows, self.heap, self._free, self._swept = rows, heap, free.tolist(), swept
        self.state = np.array([len(heap), int(rows["size"].astype(np.int64).sum())], np.int64)
        self._index = dict(zip(keys, keyed.tolist(), strict=True))
        self._keys = [None] * len(rows)
        for key, row in self._index.items():
            self._keys[row] = key


def read_records(parts: Parts, name: str, kind: np.dtype[Any]) -> NDArray[Any]:
    """Read bytes as records.

    Raises
    ------
    SnapshotRefused
        They are not a whole number of records.

    """
    part = column(parts, name, np.uint8)
    if len(part) % kind.itemsize:
        raise SnapshotRefused(f"{name} has {len(part)} bytes, a record has {kind.itemsize}")
    return part.copy().view(kind)


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


def distinct_within(places: NDArray[np.int64], end: int) -> bool:
    """Whether places are all different and within [0, end)."""
    if not len(places):
        return True
    return int(places.min()) >= 0 and int(places.max()) < end and len(np.unique(places)) == len(places)
