"""Stores that open, that close for good or never sold anything, and days of 25 hours are no finding."""

from copy import deepcopy
from datetime import UTC, datetime

from schemas.store import Store
from tests.support.made_chain import BEGIN, DAY, Happened, MadeChain
from tests.support.watched_chain import HOUR, TODAY, Watched, watched

AUTUMN = 48 * DAY
"""The Sunday on which clocks are put back, 25 October 2026."""

REPEATED = AUTUMN + 2 * HOUR, AUTUMN + 3 * HOUR
"""The hour that comes twice by the clock."""


def test_stores_that_open_or_close_for_good_raise_nothing() -> None:
    """s3 had sold nothing so far, as for a year, and has a course the next day; s0 is closed for good."""
    chain = watched()
    chain.stores = deepcopy(chain.stores)
    chain.change(lambda one: one.at >= TODAY + 12 * HOUR if one.store_id == "s3" else True)
    chain.change(lambda one: one.at < TODAY or one.store_id != "s0")
    closed = chain.stores.get("s0")
    assert isinstance(closed, Store)
    chain.stores.take(closed.model_copy(update={"hours": ()}))
    seen = Watched(chain)
    seen.run(TODAY + 24 * HOUR + 900, step=900)
    assert seen.found == {}
    today, tomorrow = (
        {one.store_id for one in published if one.series == "orders" and sum(one.expected) > 1}
        for published in (seen.published[0], seen.published[-1])
    )
    assert "s3" not in today
    assert "s3" in tomorrow


def by_the_clock(days: int) -> MadeChain:
    """A chain whose last two days come after the night in which an hour comes twice."""
    chain = MadeChain(1, days)
    later = AUTUMN - (days - 2) * DAY

    def moved(one: Happened) -> list[Happened]:
        at = one.at + later
        again = [one._replace(at=at + HOUR)] if at >= REPEATED[0] else []
        return again if at >= REPEATED[1] else [one._replace(at=at), *again]

    chain.happened = sorted(new for one in chain.happened for new in moved(one))
    return chain


def test_a_day_of_25_hours_raises_nothing_nor_does_the_day_after() -> None:
    seen = Watched(by_the_clock(16))
    seen.run(AUTUMN + 45 * HOUR, begin=AUTUMN, step=900)
    assert [one.sentence for one in seen.found.values()] == []
    courses = {one.begins_at: len(one.expected) for published in seen.published for one in published}
    midnight = datetime.fromtimestamp(BEGIN.timestamp() + AUTUMN, UTC)
    assert courses == {midnight: 100, midnight.replace(day=25, hour=23): 96}
