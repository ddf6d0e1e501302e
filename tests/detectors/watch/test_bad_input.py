"""What no figure is judged by: minutes that are not whole, clocks that are wrong, what came twice."""

from random import Random

import pytest

from detectors.watch.minute_book import MinuteBook
from schemas.metric_partial import MetricPartial
from tests.support.made_chain import BEGIN, partial
from tests.support.watched_chain import HOUR, TODAY, Watched, watched

START = BEGIN.timestamp()


def half(one: MetricPartial) -> MetricPartial:
    """A partial as it was told when half of its events had come."""
    origin = one.origin.model_copy(update={"offset": one.origin.offset - 1})
    return one.model_copy(update={"count": one.count // 2, "total": one.total // 2, "origin": origin})


@pytest.mark.parametrize("seed", range(2))
def test_a_minute_that_is_not_whole_is_never_judged(seed: int) -> None:
    """Each minute is told half at first, and whole only when its store is complete: all is usual."""
    random, chain = Random(seed), Watched(watched())
    chain.sources.silent = dict.fromkeys(chain.watch._learning._stores.ids, START + TODAY)
    told = [(at, half(one)) for at, one in chain.partials if at > TODAY]
    whole = [(at, one) for at, one in chain.partials if at > TODAY]
    chain.partials = [one for one in chain.partials if one[0] <= TODAY] + told
    chain.run(TODAY)
    until = TODAY
    while until < TODAY + 20 * HOUR:
        until += random.choice([300, 900, 3_600])
        chain.run(until, begin=max(until - 300, TODAY))
        complete = until - random.choice([0, 600])
        chain.watch.partials([one for at, one in whole if at <= complete])
        whole = [one for one in whole if one[0] > complete]
        chain.sources.silent = dict.fromkeys(chain.sources.silent, START + complete)
    assert chain.found == {}


def test_what_is_told_lies_before_what_is_complete() -> None:
    """Sales fall and the store is an hour behind: the finding says nothing of the hour that is not here."""
    chain = watched()
    chain.change(lambda one: one.store_id != "s6" or not TODAY + 11 * HOUR <= one.at < TODAY + 16 * HOUR)
    behind = Watched(chain)
    for now in range(TODAY, TODAY + 17 * HOUR, 300):
        behind.sources.silent = {"s6": START + now - HOUR}
        behind.run(now, begin=now)
        assert all(one.last_at <= START + now - HOUR for one in behind.found.values())
    assert [one.store_id for one in behind.found.values()] == ["s6"]


@pytest.mark.parametrize("minutes", [5_300_000, 60 * 24 * 400, -60 * 24 * 400, -60 * 24 * 15])
def test_an_event_of_another_time_changes_nothing_that_is_said(minutes: int) -> None:
    """A till whose clock is ten years ahead, or a year behind: same findings, same expected course."""
    said = []
    for wrong in (False, True):
        chain = watched()
        chain.change(lambda one: one.store_id != "s6" or not TODAY + 12 * HOUR <= one.at < TODAY + 14 * HOUR)
        one = Watched(chain)
        if wrong:
            odd = partial("orders", "s6", "pos", minutes, count=1, total=500, offset=1, partition=3)
            one.partials.insert(len(one.partials) // 2, (one.partials[len(one.partials) // 2][0], odd))
        one.run(TODAY + 15 * HOUR)
        said.append(([(at, found.sentence) for at, found in one.log], one.published))
    assert len(said[0][0]) > 0
    assert said[0] == said[1]


def test_a_late_event_corrects_the_figure_and_a_repeated_one_does_not() -> None:
    book = MinuteBook()
    book.take([partial("orders", "s1", "pos", 5, count=2, total=200, offset=10)])
    late = partial("orders", "s1", "pos", 5, count=3, total=900, offset=50)
    for _ in range(3):
        book.take([late])
        assert book.sums("orders", "s1", int(START), int(START) + 3_600) == (3, 900)
