"""The courses that the console draws, on days of any length."""

from datetime import UTC, datetime
from functools import cache
from math import inf

import pytest

from detectors.watch.band import BandWidths
from detectors.watch.expectations import EXPECTED_CHAIN, MOST_RECORDS, courses_of, expected_day
from detectors.watch.minute_book import MinuteBook
from detectors.watch.sales import SeriesWatch
from detectors.watch.seasonal import Profile, learn
from detectors.watch.today import Today
from schemas.expectation import Expectation
from tests.support.made_chain import BEGIN, DAY, Everything, MadeChain

START = BEGIN.timestamp()
DAYS = 10


@cache
def learnt() -> tuple[MadeChain, MinuteBook, Profile]:
    chain, book = MadeChain(3, DAYS + 3), MinuteBook()
    book.take([one for _, one in chain.partials()])
    until = dict.fromkeys(chain.stores.ids, inf)
    return chain, book, learn(book, chain.stores, until=START + DAYS * DAY, complete_until=until, excluded=())


def expected_days(profile: Profile, today: Today, chain: MadeChain, now: float) -> list[Expectation]:
    """What is published while nothing is known of how far forecasts stray."""
    courses = courses_of(profile, today, chain.stores, now)
    return [expected_day(one, BandWidths(), now=now, learnt_days=profile.learnt_days) for one in courses]


def by_key(published: list[Expectation]) -> dict[str, Expectation]:
    return {f"{one.series}|{one.store_id}": one for one in published}


def test_every_series_has_a_course_and_every_store_two() -> None:
    chain, _, profile = learnt()
    published = by_key(expected_days(profile, Today(), chain, START + DAYS * DAY + 100))
    chainwide = {f"{series}|" for series in EXPECTED_CHAIN}
    of_stores = {f"{series}|{store_id}" for series in ("revenue", "orders") for store_id in chain.stores.ids}
    assert set(published) == chainwide | of_stores
    assert len(published) <= MOST_RECORDS
    assert published["revenue|"].begins_at == datetime.fromtimestamp(START + DAYS * DAY, UTC)


@pytest.mark.parametrize(
    ("moment", "slots"),
    [
        (datetime(2026, 10, 24, 12, tzinfo=UTC), 96),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), 100),
        (datetime(2027, 3, 28, 12, tzinfo=UTC), 92),
    ],
)
def test_a_day_on_which_the_clock_is_changed_has_its_own_slots(moment: datetime, slots: int) -> None:
    chain, _, profile = learnt()
    for one in expected_days(profile, Today(), chain, moment.timestamp()):
        assert len(one.expected) == len(one.low) == len(one.high) == slots


def test_a_slow_day_lowers_the_course_and_a_collapse_does_not_become_the_usual() -> None:
    chain, _, profile = learnt()
    now = START + DAYS * DAY + 15 * 3_600
    day = {}
    for name, pace in (("usual", 1.0), ("slow", 0.9), ("collapsed", 0.1)):
        today = Today()
        today.add("revenue", "pos", "s7", 1, counted=2_000 * pace, usual=2_000.0)
        day[name] = sum(by_key(expected_days(profile, today, chain, now))["revenue|s6"].expected)
    assert 0.85 < day["slow"] / day["usual"] < 0.97
    assert day["collapsed"] / day["usual"] > 0.6


def test_nothing_is_published_before_two_days_or_without_a_watermark() -> None:
    chain = learnt()[0]
    sources = Everything()
    watch = SeriesWatch(chain.stores, sources)
    assert watch.findings(-inf) == []
    assert watch.expectations(-inf) == []
    watch.partials([one for at, one in chain.partials() if at < 4 * DAY])
    for day, expected in ((1, False), (2, True)):
        sources.now = START + day * DAY + 600
        watch.findings(sources.now)
        assert bool(watch.expectations(sources.now)) is expected
    assert watch.expectations(sources.now + 60) == []
    assert len(watch.expectations(sources.now + 1_860)) > 0
