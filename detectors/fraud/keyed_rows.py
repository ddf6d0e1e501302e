"""Rows of flat arrays by key; those of keys that are gone are reused."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column, packed_texts, texts

__all__ = ["SPARE", "KeyedRows", "read_records"]

SPARE = 16
"""A sixteenth of what is in use may be empty or garbage before rows are moved together."""


class KeyedRows:
    """A row of an array for each key, all nought when the key is new.

    Parameters
    ----------
    row_type
        numpy type of a row.

    Memory: the rows, a sixteenth more at most for room to grow, and the keys.

    """

    def __init__(self, row_type: np.dtype[Any]) -> None:
        self.rows: NDArray[Any] = np.zeros(0, row_type)
        self._index: dict[str, int] = {}
        self._keys: list[str | None] = []
        self._free: list[int] = []
        self._swept = 0

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._index)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, without the keys."""
        return self.rows.nbytes

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
            self.rows[row] = np.zeros(1, self.rows.dtype)[0]
            self._free.append(row)

    def snapshot(self) -> Parts:
        """Copy all of it."""
        return {
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
        self.rows, self._free, self._swept = rows, free.tolist(), swept
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


def distinct_within(places: NDArray[np.int64], end: int) -> bool:
    """Whether places are all different and within [0, end)."""
    if not len(places):
        return True
    return int(places.min()) >= 0 and int(places.max()) < end and len(np.unique(places)) == len(places)
