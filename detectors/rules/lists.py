"""Which payments are on which list, at their time."""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from schemas.list_entry import ListEntry, ListName, ListSubject

__all__ = ["COMPARED_WITH", "Listed", "Lists"]

COMPARED_WITH: dict[ListSubject, str] = {
    "card": "card_id",
    "customer": "customer_id",
    "device": "device_id",
    "email": "email_hash",
    "bin": "bin",
    "terminal": "terminal_id",
}
"""What of a payment an entry is compared with; named as in rules."""

SHORTEST_BIN = 6

Values = Sequence[Any] | NDArray[Any]


class Listed(NamedTuple):
    """Payments on one list by one of their values; `rows` ascending."""

    list_name: ListName
    subject: ListSubject
    rows: tuple[int, ...]


class Lists:
    """Every entry there ever was; each covers payments from its `valid_from` to before its `expires_at`.

    So catching up, or scoring again, finds the lists as they were. Times count in milliseconds, as the store
    keeps them.

    Cost: .05 µs a payment for each kind of thing that has entries; nothing without entries. Memory: about .5
    kB an entry.
    """

    def __init__(self) -> None:
        self._entries: dict[UUID, ListEntry] = {}
        self._by_value: dict[ListSubject, dict[str, list[ListEntry]]] = {}

    def __len__(self) -> int:
        """Count the entries, those that are over included."""
        return len(self._entries)

    def add(self, entry: ListEntry) -> None:
        """Take in an entry; a later record of the same entry replaces it."""
        before = self._entries.get(entry.entry_id)
        if before is not None:
            self._by_value[before.subject][before.value].remove(before)
        self._entries[entry.entry_id] = entry
        self._by_value.setdefault(entry.subject, {}).setdefault(entry.value, []).append(entry)

    def find(self, column_of: Callable[[str], Values], micros: NDArray[np.int64]) -> list[Listed]:
        """Find the payments that are on lists.

        Parameters
        ----------
        column_of
            Gives the values of a column of `COMPARED_WITH`, one per payment.
        micros
            When each payment was made, in microseconds since 1970.

        """
        found: dict[tuple[ListName, ListSubject], list[int]] = {}
        for subject, entries in self._by_value.items():
            for row, value in enumerate(column_of(COMPARED_WITH[subject])):
                if value is None:
                    continue
                for form in forms(value) if subject == "bin" else (value,):
                    for entry in entries.get(form, ()):
                        if covers(entry, int(micros[row]) // 1_000):
                            rows = found.setdefault((entry.list_name, subject), [])
                            if not rows or rows[-1] != row:
                                rows.append(row)
        return [Listed(*key, tuple(rows)) for key, rows in sorted(found.items())]


def forms(digits: str) -> Iterable[str]:
    """Give every BIN that begins a longer one, itself included."""
    return (digits[:length] for length in range(SHORTEST_BIN, len(digits) + 1))


def covers(entry: ListEntry, milliseconds: int) -> bool:
    """Whether an entry counts at a moment."""
    end: Any = inf if entry.expires_at is None else milliseconds_of(entry.expires_at.timestamp())
    return bool(milliseconds_of(entry.valid_from.timestamp()) <= milliseconds < end)


def milliseconds_of(seconds: float) -> int:
    """Cut a time to milliseconds; a float tells microseconds apart until 2100."""
    return round(seconds * 1e6) // 1_000
