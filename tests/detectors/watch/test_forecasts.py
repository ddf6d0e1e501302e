"""What is published for the hours to come: the truth lies in the band as often as is said."""

from functools import cache
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numpy as np
import pytest

from detectors.watch.forecasts import Forecasts
from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.seasonal import Exclusion, Profile, learn
from detectors.watch.today import Today
from schemas.expectation import Expectation
from tests.support.made_chain import BEGIN, DAY, Everything, MadeChain

START, HOUR = BEGIN.timestamp(), 3_600
LEARNT, DAYS = 7, 15


class Learnt(NamedTuple):
    """A chain of fifteen days of which the first seven are known, and all that came."""

    chain: MadeChain
    book: MinuteBook
    profile: Profile


@cache
def learnt() -> Learnt:
    chain, book = MadeChain(3, DAYS), MinuteBook()
    book.take([one for _, one in chain.partials()])
    until = dict.fromkeys(chain.stores.ids, inf)
    profile = learn(book, chain.stores, until=START + LEARNT * DAY, complete_until=until, excluded=())
    return Learnt(chain, book, profile)


def looked(days: int, sources: Everything, *, unusual: tuple[Exclusion, ...] = ()) -> Forecasts:
    """Forecasts that were held against so many days after those that are known."""
    chain, book, profile = learnt()
    forecasts = Forecasts(chain.stores, book, sources)
    for hour in range(LEARNT * 24, (LEARNT + days) * 24, 2):
        sources.now = START + hour * HOUR
        forecasts.look(profile, Today(), sources.now, unusual)
    return forecasts


def published(forecasts: Forecasts, day: int, share: float) -> list[Expectation]:
    profile = learnt().profile
    return forecasts.published(profile, Today(), START + day * DAY + HOUR, share=share)


def held(courses: list[Expectation], *, store: bool) -> float:
    """The share of slots in the band, of those in which anything is expected."""
    book, inside = learnt().book, []
    for one in courses:
        if bool(one.store_id) is not store:
            continue
        first = int(one.begins_at.timestamp()) // SLOT_SECONDS
        members = [one.store_id] if store else learnt().chain.stores.ids
        came = np.sum([book.history(one.series, member, first, first + 96)[1] for member in members], axis=0)
        lies = (np.array(one.low) <= came) & (came <= np.array(one.high))
        inside.append(lies[np.array(one.expected) > 0])
    return float(np.concatenate(inside).mean())


@pytest.mark.parametrize("store", [True, False], ids=["stores", "chain"])
@pytest.mark.parametrize(("share", "off"), [(0.8, 0.07), (0.95, 0.03)])
def test_bands_hold_what_they_say_of_days_after(share: float, off: float, store: bool) -> None:
    """A chain has two days of slots here, which go alike: they say it less exactly than its stores."""
    forecasts = looked(6, Everything())
    days = [held(published(forecasts, day, share), store=store) for day in range(LEARNT + 6, DAYS)]
    assert np.mean(days) == pytest.approx(share, abs=off)


def test_the_middle_lies_in_every_band_and_a_wider_share_holds_the_narrower() -> None:
    forecasts = looked(2, Everything())
    narrow, wide = (published(forecasts, LEARNT + 3, share) for share in (0.8, 0.98))
    for inner, outer in zip(narrow, wide, strict=True):
        ends = [np.array(row) for row in (outer.low, inner.low, inner.expected, inner.high, outer.high)]
        assert all((below <= above).all() for below, above in pairwise(ends))


def test_what_is_not_all_here_or_was_not_normal_teaches_nothing() -> None:
    """A silent store would be learnt as one that strays; so would an incident that is known."""
    silent, everything = Everything(), Everything()
    silent.silent = dict.fromkeys(["", *learnt().chain.stores.ids], START)
    known = (Exclusion("", START, inf),)
    nothing = Forecasts(learnt().chain.stores, learnt().book, Everything())
    day = LEARNT + 3
    plain = published(nothing, day, 0.95)
    assert published(looked(2, silent), day, 0.95) == plain
    assert published(looked(2, everything, unusual=known), day, 0.95) == plain
    assert published(looked(2, everything), day, 0.95) != plain


def test_a_silent_store_is_left_out_and_the_others_are_learnt() -> None:
    sources, day = Everything(), LEARNT + 3
    sources.silent = {store_id: START for store_id in learnt().chain.stores.ids if store_id != "s7"}
    only = {one.store_id: one for one in published(looked(2, sources), day, 0.95) if one.series == "orders"}
    every = {
        one.store_id: one for one in published(looked(2, Everything()), day, 0.95) if one.series == "orders"
    }
    assert only[""] == every[""]
    assert only["s7"] != every["s7"]
