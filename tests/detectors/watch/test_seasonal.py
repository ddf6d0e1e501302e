"""What is usual is learnt from the chain's rhythm, each store's level and hours, and nothing that was odd."""

from functools import cache
from math import inf

import numpy as np
import pytest

from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.seasonal import Exclusion, Profile, learn
from tests.support.made_chain import BEGIN, DAY, MadeChain

START = BEGIN.timestamp()
DAYS = 10
MONDAY, SUNDAY = 0, 6
NOON = 12 * 4


@cache
def told(days: int) -> tuple[MadeChain, MinuteBook]:
    chain, book = MadeChain(2, days), MinuteBook()
    book.take([one for _, one in chain.partials()])
    return chain, book


def learnt(until_day: int = DAYS, *excluded: Exclusion, complete: float = inf) -> Profile:
    chain, book = told(DAYS + 2)
    return learn(
        book,
        chain.stores,
        until=START + until_day * DAY,
        complete_until=dict.fromkeys(chain.stores.ids, complete),
        excluded=excluded,
    )


def expected(store_id: str, hour: int) -> float:
    """The truth: approved payments in a quarter of an hour."""
    return float(told(DAYS + 2)[0].per_hour[store_id] * (1.0 + 0.4 * np.sin((hour - 8) / 2)) * 0.98 / 4)


def test_levels_and_rhythm_are_found() -> None:
    profile = learnt()
    for store_id in ("s2", "s3", "s7", "app"):
        for hour in (10, 14, 18):
            found = sum(profile.rate("orders", store_id, MONDAY, hour * 4 + part) for part in range(4)) / 4
            assert found == pytest.approx(expected(store_id, hour), rel=0.25), (store_id, hour)


def test_nothing_is_usual_while_a_store_is_closed() -> None:
    profile = learnt()
    assert profile.rate("orders", "s0", MONDAY, 9 * 4) == 0
    assert profile.rate("orders", "s0", MONDAY, 9 * 4 + 2) > 0
    assert profile.rate("orders", "s3", MONDAY, 8 * 4) > 0
    assert profile.rate("orders", "s3", SUNDAY, NOON) == 0
    assert profile.rate("orders", "app", SUNDAY, NOON) > 0


def test_a_rare_series_is_a_share_of_its_base_and_an_unseen_one_nearly_nothing() -> None:
    profile = learnt()
    share = profile.rate("refunds", "s7", MONDAY, NOON) / profile.rate("orders", "s7", MONDAY, NOON)
    assert 0.01 < share < 0.04
    assert 0 < profile.rate("unconverted", "s7", MONDAY, NOON) < 0.001
    assert profile.of("views", "s7") is None
    usual = profile.of("revenue", "s7")
    assert usual is not None
    assert usual.value == pytest.approx(4_000 * np.exp(0.18), rel=0.1)


def test_nothing_after_the_day_began_is_looked_at() -> None:
    chain, whole = told(DAYS + 2)
    before = MinuteBook()
    before.take([one for at, one in chain.partials() if at <= DAYS * DAY])
    options = {"until": START + DAYS * DAY, "complete_until": dict.fromkeys(chain.stores.ids, inf)}
    profiles = [learn(book, chain.stores, **options, excluded=()) for book in (before, whole)]  # type: ignore[arg-type]  # keywords
    rates = [[profile.rate("orders", "s3", day, NOON) for day in range(7)] for profile in profiles]
    assert rates[0] == rates[1]


def test_what_was_odd_incomplete_or_absurd_is_not_learnt() -> None:
    """A store that sold nothing for two days: told so, or seen."""
    chain, _ = told(DAYS + 2)
    begin, end = 2 * DAY, 4 * DAY
    poor = MinuteBook()
    poor.take([one for at, one in chain.partials() if one.store_id != "s7" or not begin <= at < end])
    until = dict.fromkeys(chain.stores.ids, inf)
    odd = Exclusion("s7", START + begin, START + end)
    usual = learnt().rate("orders", "s7", MONDAY, NOON)
    for excluded in ([odd], []):
        found = learn(
            poor, chain.stores, until=START + DAYS * DAY, complete_until=until, excluded=excluded
        ).rate("orders", "s7", MONDAY, NOON)
        assert found == pytest.approx(usual, rel=0.1)
    cut = learn(
        poor,
        chain.stores,
        until=START + DAYS * DAY,
        complete_until=until | {"s7": START + begin},
        excluded=(),
    )
    assert cut.rate("orders", "s7", MONDAY, NOON) == pytest.approx(usual, rel=0.3)


def test_too_young_a_chain_knows_nothing_and_says_so() -> None:
    profile = learnt(0)
    assert profile.learnt_days == 0
    assert profile.rate("orders", "s3", MONDAY, NOON) == 0
    young = learnt(2)
    usual = young.of("orders", "s3")
    assert usual is not None
    assert usual.fit.known.tolist() == [True, True, False, False, False, False, False]
    assert young.learnt_days == 2


def test_counts_of_the_profile_are_those_of_days_that_were_not_learnt() -> None:
    """Two days beyond: the sum over stores and slots is right within the day's own noise."""
    profile = learnt()
    chain, book = told(DAYS + 2)
    first = int(START) // SLOT_SECONDS + DAYS * 96
    counted = sum(
        book.history("orders", store_id, first, first + 192)[0].sum() for store_id in chain.stores.ids
    )
    usual = sum(
        profile.rate("orders", store_id, (DAYS + day) % 7, slot)
        for store_id in chain.stores.ids
        for day in range(2)
        for slot in range(96)
    )
    assert usual == pytest.approx(counted, rel=0.15)
