"""Rows of timed amounts in flat arrays: the memory of customers and of terminals."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud import entry_loops as loops
from detectors.snapshot import Parts, column

__all__ = ["EntryRows"]

KINDS = (("seconds", np.uint32), ("packed", np.uint32), ("micros", np.uint16))
ROW_KINDS = (("starts", np.uint32), ("counts", np.uint32), ("sizes", np.uint32))
SPARE = 16
"""A sixteenth of what is in use may be empty or garbage before rows are moved together."""


class EntryRows:
    """Entries of time (µs since 1970) and amount by row, sorted by time; rows are reused.

    Memory: 10 bytes an entry and 12 a row, an eighth more at most for room to grow.
    """

    def __init__(self) -> None:
        self._entries = tuple(np.zeros(0, kind) for _, kind in KINDS)
        self._rows = tuple(np.zeros(0, kind) for _, kind in ROW_KINDS)
        self._large = np.zeros(0, np.int64)
        self._free_large = np.zeros(0, np.int64)
        self._state = np.zeros(3, np.int64)
        self._free_rows: list[int] = []
        self._busy = np.full((64, 8), -1, np.int64)

    def __len__(self) -> int:
        """Count the rows, free ones too."""
        return len(self._rows[0])

    @property
    def entries(self) -> int:
        """Number of entries that are there, expired ones that were not dropped yet too."""
        return int(self._rows[1].sum())

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = (*self._entries, *self._rows, self._large, self._free_large)
        return sum(array.nbytes for array in arrays)

    @property
    def _memory(self) -> tuple[Any, ...]:
        """All arrays, as the loops take them."""
        return self._rows, self._entries, self._large, self._free_large, self._state

    def new_rows(self, count: int) -> list[int]:
        """Hand out empty rows."""
        if len(self._free_rows) < count:
            first = len(self)
            more = count - len(self._free_rows) + first // SPARE
            self._rows = tuple(np.concatenate([one, np.zeros(more, one.dtype)]) for one in self._rows)
            self._free_rows += range(first + more - 1, first - 1, -1)
        return [self._free_rows.pop() for _ in range(count)]

    def free_rows(self, rows: NDArray[np.int64], cut: int) -> None:
        """Take back rows of which nothing is later than `cut`."""
        for row in rows.tolist():
            loops.drop(row, cut, self._memory)
        self._state[loops.LIVE] -= int(self._rows[2][rows].sum())
        for of_rows in self._rows:
            of_rows[rows] = 0
        self._free_rows += rows.tolist()

    def add_and_sum(
        self, rows: NDArray[np.int64], times: NDArray[np.int64], amounts: NDArray[np.int64],
        cuts: NDArray[np.int64],
    ) -> NDArray[np.float64]:  # fmt: skip
        """Add entries in their order and give the windows of each, itself included.

        Parameters
        ----------
        rows
            Where each belongs; −1 for nowhere: such an entry is alone in its windows.
        times, amounts
            Microseconds since 1970, and a whole number from 0 on.
        cuts
            Per entry, rising: entries that are not later count as dropped from then on.

        Returns
        -------
        NDArray
            Count and sum over 1, 7 and 30 days, shape (n, 6).

        """
        out = np.empty((len(rows), 6), np.float64)
        self._make_large(amounts)
        done = 0
        while (
            done := loops.add_and_sum(done, (rows, times, amounts, cuts), self._memory, self._busy, out)
        ) < len(rows):
            self._make_room(int(rows[done]))
        return out

    def add(
        self, rows: NDArray[np.int64], times: NDArray[np.int64], amounts: NDArray[np.int64], cut: int
    ) -> None:
        """Add entries; those of the same rows that are not later than `cut` may be dropped."""
        self._make_large(amounts)
        cuts = np.full(len(rows), cut)
        done = 0
        while (done := loops.add(done, (rows, times, amounts, cuts), self._memory)) < len(rows):
            self._make_room(int(rows[done]))

    def windows(self, rows: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give count and sum of rows (−1 for none) over 1, 7 and 30 days as of a time each, shape (n, 6)."""
        out = np.empty((len(rows), 6), np.float64)
        loops.sum_windows(rows, times, self._memory, out)
        return out

    def remove(self, row: int, time: int, amount: int) -> bool:
        """Take out one entry; False if there is none of this time and amount."""
        return loops.remove(row, time, amount, self._memory)

    def newest(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the second of the last entry of rows; −1 where there is none."""
        starts, counts, _ = self._rows
        if not len(self._entries[0]):
            return np.full(len(rows), -1, np.int64)
        last = starts[rows].astype(np.int64) + counts[rows] - 1
        return np.where(counts[rows] > 0, self._entries[0][last], np.int64(-1))

    def are_held(self, rows: NDArray[np.int64]) -> bool:
        """Whether these are all rows that were handed out and not taken back."""
        held = np.ones(len(self), np.bool_)
        held[self._free_rows] = False
        return int(held.sum()) == len(rows) and bool(held[rows].all())

    def _make_large(self, amounts: NDArray[np.int64]) -> None:
        """Make places for amounts that are too large for an entry."""
        wanted = int((amounts >= loops.DIRECT).sum()) - int(self._state[loops.FREE_LARGE])
        if wanted > 0:
            first, more = len(self._large), wanted + len(self._large) // SPARE
            free = int(self._state[loops.FREE_LARGE])
            self._large = np.concatenate([self._large, np.zeros(more, np.int64)])
            self._free_large = np.concatenate(
                [self._free_large[:free], np.arange(first, first + more), np.zeros(first, np.int64)]
            )[: first + more]
            self._state[loops.FREE_LARGE] = free + more

    def _make_room(self, row: int) -> None:
        """Move rows together if that gains enough, else take more memory."""
        used, live = int(self._state[loops.USED]), int(self._state[loops.LIVE])
        if used - live > used // SPARE:
            held = np.flatnonzero(self._rows[2])
            order = held[np.argsort(self._rows[0][held])]
            loops.slide(order, self._memory)
            used = int(self._state[loops.USED])
        wanted = used + 2 * int(self._rows[1][row]) + 64
        if wanted > len(self._entries[0]):
            capacity = max(wanted, used + used // SPARE)
            self._entries = tuple(grown(one, capacity) for one in self._entries)

    def snapshot(self) -> Parts:
        """Copy all of it."""
        used = int(self._state[loops.USED])
        return {
            **{name: one[:used].copy() for (name, _), one in zip(KINDS, self._entries, strict=True)},
            **{name: one.copy() for (name, _), one in zip(ROW_KINDS, self._rows, strict=True)},
            "large": self._large.copy(),
            "free_large": self._free_large[: self._state[loops.FREE_LARGE]].copy(),
            "free_rows": np.array(self._free_rows, np.int64),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together, or places outside.

        """
        entries = column(parts, "seconds", np.uint32)
        self._entries = tuple(column(parts, name, kind, len(entries)).copy() for name, kind in KINDS)
        count = len(column(parts, "starts", np.uint32))
        self._rows = tuple(column(parts, name, kind, count).copy() for name, kind in ROW_KINDS)
        self._large = column(parts, "large", np.int64).copy()
        free = column(parts, "free_large", np.int64)
        free_rows = column(parts, "free_rows", np.int64)
        self._free_rows = free_rows.tolist()
        spare = max(0, len(self._large) - len(free))
        self._free_large = np.concatenate([free, np.zeros(spare, np.int64)])
        self._busy.fill(-1)
        live = self._rows[2].astype(np.int64)
        self._state = np.array([len(entries), len(free), live.sum()], np.int64)
        self._check(free, free_rows)

    def _check(self, free: NDArray[np.int64], free_rows: NDArray[np.int64]) -> None:
        """Refuse what would be read outside or twice, whatever a damaged snapshot says."""
        starts, counts, sizes = (one.astype(np.int64) for one in self._rows)
        if (counts > sizes).any() or (starts + sizes > len(self._entries[0])).any():
            raise SnapshotRefused("a row reaches outside of the entries")
        order = np.argsort(starts[sizes > 0], kind="stable")
        ends = (starts + sizes)[sizes > 0][order]
        if (ends[:-1] > starts[sizes > 0][order][1:]).any():
            raise SnapshotRefused("two rows share entries")
        if not distinct_within(free, len(self._large)) or not distinct_within(free_rows, len(starts)):
            raise SnapshotRefused("something is free twice, or outside")
        if sizes[free_rows].any():
            raise SnapshotRefused("a free row has entries")
        first = np.repeat(starts, counts) + within(counts)
        slots = (self._entries[1][first] >> 4).astype(np.int64) - loops.DIRECT
        taken = np.concatenate([slots[slots >= 0], free])
        if len(taken) != len(self._large) or not distinct_within(taken, len(self._large)):
            raise SnapshotRefused("a large amount is there twice, or nobody's")


def grown(column: NDArray[Any], capacity: int) -> NDArray[Any]:
    """Copy a column into more room; what is beyond is not touched, so it costs no memory yet."""
    larger = np.empty(capacity, column.dtype)
    larger[: len(column)] = column
    return larger


def distinct_within(places: NDArray[np.int64], end: int) -> bool:
    """Whether places are all different and within [0, end)."""
    if not len(places):
        return True
    return int(places.min()) >= 0 and int(places.max()) < end and len(np.unique(places)) == len(places)


def within(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count up from 0 within each row."""
    ends = counts.cumsum()
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
