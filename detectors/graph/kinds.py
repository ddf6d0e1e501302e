"""What the arrays of a graph mean.

Every object has a number: its place among `kinds`. Objects of one kind stand in arrays of their own, in the
order of their numbers. What holds others has a row in `row.layout` and `row.length`, and their numbers, one
row after the other, in `members`; a layout is a class with the names of its fields, or a container. What
is a `Packing` has its own arrays under `packing.` and its place among them.
"""

from collections import Counter, OrderedDict, deque
from enum import IntEnum
from typing import Any, Final
from weakref import WeakSet

__all__ = ["CONTAINERS", "SINGLES", "UNCHANGING", "Kind"]


class Kind(IntEnum):
    """How an object is written."""

    SINGLE = 0
    INT = 1
    LARGE_INT = 2
    FLOAT = 3
    TEXT = 4
    BYTES = 5
    ARRAY = 6
    SCALAR = 7
    PACKED = 8
    MOMENT = 9
    DAY = 10
    UUID = 11
    COUNT = 12
    ROW = 13
    PACKING = 14


SINGLES: Final[tuple[Any, ...]] = (None, True, False)
"""The first three numbers of every graph."""

CONTAINERS: Final[dict[str, type[Any]]] = {
    one.__name__: one for one in (list, tuple, dict, set, frozenset, deque, OrderedDict, Counter, WeakSet)
}
"""By the name in a layout; that of a deque is followed by the most it holds."""

UNCHANGING: Final = frozenset({tuple, frozenset})
"""Containers that must have all their members when they are made."""
