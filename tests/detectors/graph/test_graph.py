"""Objects that were written as arrays are the same when they are read, and nothing else comes of them."""

from array import array
from collections import Counter, OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from itertools import count
from math import inf, isnan, nan
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakSet

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.errors import SnapshotRefused
from detectors.graph import classes
from detectors.graph.packing import Packing
from detectors.graph.reading import graph_of
from detectors.graph.writing import graph_parts
from detectors.snapshot import Parts, column, packed_texts, texts
from schemas.decode import own_decoder
from schemas.origin import Origin
from tests.support.findings import ORIGIN


class Pair(NamedTuple):
    """Two things."""

    left: Any
    right: Any


@dataclass(frozen=True)
class Name:
    """Something to look up by."""

    text: str


@dataclass(slots=True)
class Place:
    """Fields without a dictionary."""

    x: float
    next: Any = None


class Plain:
    """Fields as most classes have them; making one tells of it."""

    made = 0

    def __init__(self, value: Any) -> None:
        Plain.made += 1
        self.value = value
        self.me = self
        self.ask = self.answer

    def answer(self) -> Any:
        return self.value


class Slotted:
    """Some fields in slots, and one that can be held weakly."""

    __slots__ = ("__weakref__", "kept")

    def __init__(self, kept: Any) -> None:
        self.kept = kept


class Packed(Packing):
    """Many numbers."""

    def __init__(self, values: list[int]) -> None:
        self.values = values

    def pack(self) -> Parts:
        return {"values": np.array(self.values, np.int64)}

    @classmethod
    def unpack(cls, parts: Parts) -> "Packed":
        return cls(column(parts, "values", np.int64).tolist())


@pytest.fixture(autouse=True)
def _these_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "OURS", (*classes.OURS, __name__))


def again(root: Any) -> Any:
    return graph_of(graph_parts(root))


ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.uuids()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0))
)
KEYS = ATOMS | st.tuples(ATOMS, ATOMS) | st.builds(Pair, ATOMS, ATOMS) | st.builds(Name, st.text())
THINGS = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner)
        | st.builds(Pair, inner, inner)
        | st.builds(Place, st.floats(allow_nan=False), inner)
        | st.lists(inner).map(deque)
    ),
    max_leaves=30,
)


@settings(max_examples=100, deadline=None)
@given(THINGS)
def test_what_is_read_equals_what_was_written(thing: Any) -> None:
    found = again([thing])
    assert found == [thing]
    assert repr(found) == repr([thing])  # also types and the order of mappings


@given(st.sets(KEYS), st.frozensets(KEYS))
def test_sets_hold_the_same(some: set[Any], fixed: frozenset[Any]) -> None:
    assert again([some, fixed, {"of": fixed}]) == [some, fixed, {"of": fixed}]


def test_numbers_that_equal_others_stay_what_they_are() -> None:
    values = [
        1,
        True,
        1.0,
        0.0,
        -0.0,
        inf,
        nan,
        np.float64(1.0),
        np.int32(7),
        np.bool_(True),
        2**63,
        -(2**63) - 1,
    ]
    found = again(values)
    assert [type(one) for one in found] == [type(one) for one in values]
    assert [str(one) for one in found] == [str(one) for one in values]
    assert isnan(found[6])


def test_what_two_share_they_share_again_and_circles_close() -> None:
    shared: list[Any] = ["one"]
    circle: dict[str, Any] = {"shared": shared, "pair": (shared, [shared])}
    circle["me"] = circle
    plain = Plain(circle)
    found = again(plain)
    assert found.me is found
    assert found.value["me"] is found.value
    assert found.value["pair"][0] is found.value["shared"] is found.value["pair"][1][0]
    assert found.value["shared"] == ["one"]


def test_no_code_of_a_class_runs() -> None:
    parts, before = graph_parts(Plain(1)), Plain.made
    assert graph_of(parts).value == 1
    assert Plain.made == before


def test_a_method_is_bound_to_the_new_object() -> None:
    found = again(Plain(7))
    found.value = 8
    assert found.ask() == 8


def test_containers_of_the_library() -> None:
    kept = Slotted(3)
    numbers = count(5)
    next(numbers)
    found = again(
        [
            OrderedDict([("b", 1), ("a", 2)]),
            Counter({"x": 2, "y": -1}),
            deque([1, 2], maxlen=2),
            array("d", [1.5]),
            (kept, WeakSet([kept])),
            numbers,
            ORIGIN,
        ]
    )
    ordered, counted, queue, packed, (again_kept, weak), went_on, origin = found
    assert list(ordered) == ["b", "a"]
    ordered.move_to_end("b")
    assert counted == Counter({"x": 2, "y": -1})
    queue.append(3)
    assert queue == deque([2, 3], maxlen=2)
    packed.append(2.5)
    assert packed.tolist() == [1.5, 2.5]
    assert set(weak) == {again_kept}
    assert next(went_on) == next(numbers)
    assert isinstance(origin, Origin)
    assert origin == ORIGIN


def test_arrays_are_whole_and_can_be_written_to() -> None:
    fields = np.dtype([("at", "<i8"), ("share", "<f4"), ("open", "?")], align=True)
    table = np.zeros(3, fields)
    table["at"] = [1, 2, 3]
    one = np.zeros(1, fields)[0]
    square = np.arange(6.0).reshape(2, 3)
    found_table, found_one, found_square, empty = again([table, one, square, np.empty((0, 4), np.int32)])
    assert found_table.dtype == fields
    assert found_table.tolist() == table.tolist()
    found_one["share"] = 0.5
    assert found_one["share"] == 0.5
    found_square[0, 0] = 9
    assert found_square.tolist() == [[9, 1, 2], [3, 4, 5]]
    assert empty.shape == (0, 4)


def test_a_struct_that_was_read_becomes_its_contract() -> None:
    read = own_decoder(Origin)(ORIGIN.model_dump_json().encode())
    assert type(read) is not Origin
    assert again([read]) == [ORIGIN]


def test_what_packs_itself_is_unpacked_once_and_shared() -> None:
    packed = Packed([1, 2])
    found = again({"one": packed, "other": packed, "more": Packed([])})
    assert found["one"] is found["other"]
    assert (found["one"].values, found["more"].values) == ([1, 2], [])


def test_what_does_not_pack_itself_in_this_program_is_refused() -> None:
    parts = graph_parts([Packed([1])])
    with pytest.raises(SnapshotRefused, match="Plain does not pack itself"):
        graph_of(parts | packed_texts("packing", [f"{__name__}:Plain"]))
    with pytest.raises(SnapshotRefused, match="values is missing"):
        graph_of({name: part for name, part in parts.items() if name != "packing.0.values"})


def local() -> Any:
    class Local:
        """Nobody finds this again."""

    return Local()


whole = np.zeros(8)


@pytest.mark.parametrize(
    ("thing", "why"),
    [
        (Fraction(1, 2), "fractions:Fraction"),
        (open, "builtin_function_or_method"),
        (whole[2:4], "part of another"),
        (local(), "would not be found again"),
        (own_decoder(Origin, frozenset({"offset"}))(ORIGIN.model_dump_json().encode()), "other fields"),
        (np.array([object()]), "holds objects"),
        (datetime(2026, 1, 1), "not of UTC"),  # noqa: DTZ001
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), "not of UTC"),
    ],
)
def test_what_has_no_way_to_be_written_is_refused_at_once(thing: Any, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        graph_parts([thing])


def test_a_field_that_came_later_is_not_lost_in_silence() -> None:
    plain = Plain(1)
    plain.more = 2  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="does not set"):
        graph_parts(plain)


def test_another_program_s_classes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = graph_parts([Place(1.0), Pair(1, 2), Name("x"), Plain(3)])
    monkeypatch.setattr(classes, "OURS", ("detectors.", "schemas."))
    with pytest.raises(SnapshotRefused, match="which this program does not have"):
        graph_of(parts)


@pytest.mark.parametrize("thing", [Place(1.0), Pair(1, 2), Name("x"), Plain(3), Slotted(4), ORIGIN])
def test_a_class_with_other_fields_is_refused(thing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = graph_parts(thing)
    before = classes.fields_of
    monkeypatch.setattr("detectors.graph.reading.fields_of", lambda cls: before(cls) | {"new"})
    with pytest.raises(SnapshotRefused, match=rf"its {type(thing).__name__} has the fields .*'new'"):
        graph_of(parts)


@pytest.mark.parametrize("method", ["made", "__class__", "missing", "__init_subclass__"])
def test_only_a_method_can_be_bound(method: str) -> None:
    parts = graph_parts(Plain(1))
    layouts = [text.replace("method|answer", f"method|{method}") for text in texts(parts, "layout")]
    with pytest.raises(SnapshotRefused, match="do not fit together"):
        graph_of(parts | packed_texts("layout", layouts))


GOOD = [
    Pair(Place(1.0, {"a": [1, 2**70]}), date(2026, 1, 1)),
    *(UUID(int=5), np.arange(3.0), b"x", deque([1], 3), Packed([7])),
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_arrays_are_refused_or_make_something_harmless(data: st.DataObject) -> None:
    parts = dict(graph_parts(GOOD))
    name = data.draw(st.sampled_from(sorted(parts)))
    damaged = parts[name].copy()
    how = data.draw(st.sampled_from(["change", "cut", "gone", "type"]))
    if how == "change" and len(damaged):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 120))
    elif how == "cut":
        damaged = damaged[: len(damaged) // 2]
    elif how == "type":
        damaged = damaged.astype(np.int8)
    parts[name] = damaged
    if how == "gone":
        del parts[name]
    with suppress(SnapshotRefused):
        graph_of(parts)
