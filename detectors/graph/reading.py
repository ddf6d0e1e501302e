"""Flat arrays, read back as the graph of objects that they were."""

import gc
from array import array
from ast import literal_eval
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, count, islice, pairwise
from types import FunctionType, MethodType
from typing import Any
from uuid import UUID

import numpy as np
from numpy.lib.format import descr_to_dtype
from numpy.typing import NDArray
from pydantic import BaseModel

from detectors.errors import SnapshotRefused
from detectors.graph.classes import fields_of, is_ours, is_unchanging, named_class
from detectors.graph.kinds import CONTAINERS, SINGLES, UNCHANGING, Kind
from detectors.graph.packing import Packing
from detectors.graph.writing import EPOCH, LAYOUT_MARK
from detectors.snapshot import Parts, column, texts, unprefixed

__all__ = ["graph_of"]


class Missing:
    """Stands where an object is not made yet."""


MISSING = Missing()

BROKEN = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError),
    *(SyntaxError, TypeError, ValueError),
)
"""What numbers, texts and types that do not fit together lead to."""

Members = list[Any]


def graph_of(parts: Parts) -> Any:
    """Make the object that `graph_parts` wrote, and all that it refers to.

    No code of a class is run but `unpack`: fields are set as they were. What is not of `detectors`, `schemas`
    or the standard kinds is refused, and so is an object whose class has other fields in this program.

    Cost: about 1 µs a reference.

    Raises
    ------
    SnapshotRefused
        Arrays that do not fit together, a class that this program does not have, or one with other fields.

    """
    collects = gc.isenabled()
    gc.disable()  # it would go through what has been made again and again: twice the time
    try:
        return GraphReader(parts).root()
    except BROKEN as error:
        raise SnapshotRefused(f"its objects do not fit together: {error!r}") from error
    finally:
        if collects:
            gc.enable()


class GraphReader:
    """Makes the objects in three steps: those alone, then those that hold others, then what these hold.

    What changes is made empty, so that others can refer to it; what does not is made of its members at once.
    Sets and mappings are filled last, for a key must be whole before it is looked up.
    """

    def __init__(self, parts: Parts) -> None:
        self._kinds = column(parts, "kinds", np.uint8)
        self._values: list[Any] = [MISSING] * len(self._kinds)
        self._values[: len(SINGLES)] = SINGLES
        self._put_atoms(parts)
        known = [Layout(text) for text in texts(parts, "layout")]
        numbers = np.flatnonzero(self._kinds == Kind.ROW).tolist()
        layouts = column(parts, "row.layout", np.uint32, len(numbers)).tolist()
        lengths = column(parts, "row.length", np.uint32, len(numbers)).tolist()
        members = column(parts, "members", np.uint32, sum(lengths)).tolist()
        self._rows = {
            number: (known[layout], members[start:end])
            for number, layout, (start, end) in zip(
                numbers, layouts, pairwise(accumulate(lengths, initial=0)), strict=True
            )
        }

    def root(self) -> Any:
        """Make all objects; give the first."""
        values, rows = self._values, self._rows
        for number, (layout, _) in rows.items():
            if not layout.unchanging:
                values[number] = layout.empty()
        for number, (layout, _) in rows.items():
            if layout.unchanging:
                self._made(number)
        changing = ((number, *row) for number, row in rows.items() if not row[0].unchanging)
        for number, layout, members in sorted(changing, key=lambda row: row[1].is_keyed):
            layout.fill(values[number], [values[one] for one in members])
        return values[len(SINGLES)]

    def _made(self, number: int) -> Any:
        """Give an object, which is made of its members if it is missing."""
        value = self._values[number]
        if value is MISSING:
            layout, members = self._rows[number]
            value = self._values[number] = layout.make([self._made(one) for one in members])
        return value

    def _put_atoms(self, parts: Parts) -> None:
        """Put in their places what holds no other objects."""
        atoms: dict[Kind, Sequence[Any]] = {
            Kind.INT: column(parts, "int", np.int64).tolist(),
            Kind.LARGE_INT: [int.from_bytes(one, "little", signed=True) for one in many(parts, "large_int")],
            Kind.FLOAT: column(parts, "float", np.float64).tolist(),
            Kind.TEXT: texts(parts, "text"),
            Kind.BYTES: list(many(parts, "bytes")),
            Kind.ARRAY: list(arrays(parts, "array")),
            Kind.SCALAR: [one[()] for one in arrays(parts, "scalar")],
            Kind.PACKED: [
                array(code, data)
                for code, data in zip(texts(parts, "packed.type"), many(parts, "packed"), strict=True)
            ],
            Kind.MOMENT: [
                EPOCH + timedelta(microseconds=one) for one in column(parts, "moment", np.int64).tolist()
            ],
            Kind.DAY: list(map(date.fromordinal, column(parts, "day", np.int64).tolist())),
            Kind.UUID: [UUID(bytes=one) for one in many(parts, "uuid")],
            Kind.COUNT: list(map(count, column(parts, "count", np.int64).tolist())),
            Kind.PACKING: [
                unpacked(name, unprefixed(f"packing.{place}", parts))
                for place, name in enumerate(texts(parts, "packing"))
            ],
        }
        for kind, values in atoms.items():
            for number, value in zip(np.flatnonzero(self._kinds == kind).tolist(), values, strict=True):
                self._values[number] = value


class Layout:
    """How one class of objects, or one container, is made of its members."""

    def __init__(self, text: str) -> None:
        name, *more = text.split(LAYOUT_MARK)
        self.is_keyed = False
        self.unchanging = False
        self.make: Callable[[Members], Any]
        self.empty: Callable[[], Any]
        self.fill: Callable[[Any, Members], object]
        if name == "method":
            [method] = more
            self.unchanging, self.make = True, lambda members: bound(method, members)
        elif name in CONTAINERS:
            self._of_container(CONTAINERS[name], *more)
        else:
            self._of_object(named_class(name), more)

    def _of_container(self, cls: type[Any], most: str = "None") -> None:
        self.unchanging, self.make, self.empty = cls in UNCHANGING, cls, cls
        if issubclass(cls, dict):
            self.is_keyed, self.fill = True, fill_mapping
        elif cls is deque:
            maxlen = literal_eval(most)
            self.empty, self.fill = (lambda: deque(maxlen=maxlen)), deque.extend
        elif cls is list:
            self.fill = list.extend
        elif not self.unchanging:
            self.is_keyed, self.fill = True, cls.update

    def _of_object(self, cls: type[Any], names: list[str]) -> None:
        if frozenset(names) != (ours := fields_of(cls)):
            raise SnapshotRefused(
                f"its {cls.__name__} has the fields {sorted(names)}, this program's has {sorted(ours)}"
            )
        self.unchanging = is_unchanging(cls)
        if issubclass(cls, BaseModel):
            self.make = lambda members: cls.model_construct(**dict(zip(names, members, strict=True)))
        elif issubclass(cls, tuple):
            if tuple(names) != getattr(cls, "_fields", ()):
                raise SnapshotRefused(f"its {cls.__name__} has its fields in another order")
            self.make = lambda members: tuple.__new__(cls, checked(members, len(names)))
        else:
            self.make = lambda members: filled(object.__new__(cls), names, members)
            self.empty = lambda: object.__new__(cls)
            self.fill = lambda one, members: filled(one, names, members)


def checked(members: Members, expected: int) -> Members:
    """Give members if they are as many as they must be."""
    if len(members) != expected:
        raise ValueError(f"{len(members)} members where {expected} belong")
    return members


def filled(one: Any, names: Sequence[str], members: Members) -> Any:
    """Set the fields of an object as they were, also of one that is frozen."""
    for name, member in zip(names, members, strict=True):
        object.__setattr__(one, name, member)
    return one


def fill_mapping(one: dict[Any, Any], members: Members) -> None:
    """Put in keys and values, which take turns."""
    for key, value in zip(members[::2], members[1::2], strict=True):
        one[key] = value  # noqa: PERF403  # `update` of a counter would count the pairs


def bound(name: str, members: Members) -> Any:
    """Bind a method of one of our classes to its object."""
    [one] = members
    function = getattr(type(one), name)
    if not is_ours(type(one)) or not isinstance(function, FunctionType):
        raise TypeError(f"{type(one).__name__}.{name} is no method")
    return MethodType(function, one)


def unpacked(name: str, parts: Parts) -> Packing:
    """Make an object that packed itself."""
    cls = named_class(name)
    if not issubclass(cls, Packing):
        raise SnapshotRefused(f"{name} does not pack itself in this program")
    return cls.unpack(parts)


def many(parts: Parts, name: str) -> Iterator[bytes]:
    """Read bytes that `packed_bytes` wrote."""
    whole = column(parts, name, np.uint8).tobytes()
    lengths = column(parts, f"{name}.lengths", np.uint32).tolist()
    if sum(lengths) != len(whole):
        raise SnapshotRefused(f"the values of {name} have {len(whole)} bytes, their lengths say otherwise")
    return (whole[start:end] for start, end in pairwise(accumulate(lengths, initial=0)))


def arrays(parts: Parts, name: str) -> Iterator[NDArray[Any]]:
    """Read arrays that `packed_arrays` wrote; each is its own and can be changed."""
    types = [descr_to_dtype(literal_eval(text)) for text in texts(parts, f"{name}.types")]
    if any(dtype.hasobject for dtype in types):
        raise SnapshotRefused(f"arrays of {name} hold objects")
    dimensions = column(parts, f"{name}.dimensions", np.uint32).tolist()
    shapes = iter(column(parts, f"{name}.shape", np.uint64, sum(dimensions)).tolist())
    places = column(parts, f"{name}.type", np.uint32).tolist()
    for place, count_of, data in zip(places, dimensions, many(parts, name), strict=True):
        yield np.frombuffer(data, types[place]).reshape(tuple(islice(shapes, count_of))).copy()
