"""The payments of a place within a span, whatever their order and however long ago others were made."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.watch.paid import Paid
from detectors.watch.recent_places import RecentPlaces
from tests.detectors.watch.paying import paid_of, pay

KEPT = 100.0


def payments(seconds: list[float]) -> list[Paid]:
    return paid_of(pay(number, at) for number, at in enumerate(seconds))


def searched(seen: list[Paid], span: float, until: float) -> list[Paid]:
    """Look at each payment that is not far behind the newest."""
    newest = max(one.seconds for one in seen)
    found = [one for one in seen if until - span < one.seconds <= until and one.seconds >= newest - KEPT]
    return sorted(found, key=lambda one: one.seconds)


@given(st.lists(st.sampled_from([0.0, 1.0, 30.0, 70.0, 99.0, 100.0, 101.0, 250.0, 900.0]), max_size=30))
def test_a_span_holds_what_a_search_would_find(moments: list[float]) -> None:
    places, seen = RecentPlaces(KEPT), []
    for one in payments(moments):
        places.add("till", one)
        seen.append(one)
        for span in (1.0, 50.0, 100.0, 400.0):
            within = places.within("till", span, one.seconds)
            assert within.payments() == searched(seen, span, one.seconds)
            assert len(within) == len(within.payments())


def test_a_place_that_nobody_paid_at_has_no_payments() -> None:
    assert RecentPlaces(KEPT).within("nowhere", 50.0, 1.0).payments() == []


def test_memory_is_of_the_last_hours() -> None:
    places = RecentPlaces(KEPT)
    for one in payments([float(second) for second in range(1_000)]):
        places.add("till", one)
    assert len(places) <= 2 * KEPT + 2
    places.rotate()
    places.rotate()
    assert len(places) == 0


@pytest.mark.parametrize("paid_again", [True, False])
def test_a_place_lives_on_while_it_is_paid_at(paid_again: bool) -> None:
    places = RecentPlaces(KEPT)
    first, second, third = payments([0.0, 1.0, 2.0])
    places.add("till", first)
    places.rotate()
    if paid_again:
        places.add("till", second)
    places.rotate()
    places.add("till", third)
    assert len(places.within("till", 50.0, third.seconds)) == (3 if paid_again else 1)


def test_payments_of_the_same_moment_stay_in_their_order() -> None:
    places, mixed = RecentPlaces(KEPT), Random(1)
    some = payments([float(mixed.choice([1, 2])) for _ in range(20)])
    for one in some:
        places.add("till", one)
    found = places.within("till", 50.0, max(one.seconds for one in some)).payments()
    assert [one.event for one in found] == [one.event for one in sorted(some, key=lambda one: one.seconds)]
