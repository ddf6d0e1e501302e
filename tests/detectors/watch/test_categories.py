"""A category of goods that falls alone is one finding about it, and what all goods do is none of theirs."""

from collections.abc import Callable
from copy import copy
from functools import cache

from detectors.watch.finding import Finding
from detectors.watch.judging import Change, RateJudge
from detectors.watch.observing import Observed
from detectors.watch.place import CHAIN, Place
from tests.support.goods_chain import GoodsChain, goods_partial
from tests.support.made_chain import BEGIN, Happened
from tests.support.watched_chain import DAYS, HOUR, TODAY, Watched

SHARES = {"toys": 0.2, "books": 0.3, "shoes": 0.25, "care": 0.25}
BEGINS, ENDS = TODAY + 11 * HOUR, TODAY + 14 * HOUR


@cache
def made() -> GoodsChain:
    """Three stores of 90 payments an hour each, and an app."""
    return GoodsChain(4, DAYS, SHARES, numbers=(20, 22, 24))


def watched(gone: Callable[[GoodsChain, Happened], bool]) -> Watched:
    """A day on which some payments stay away for three hours."""
    chain = copy(made())
    chain.happened = [one for one in chain.happened if not (BEGINS <= one.at < ENDS and gone(chain, one))]
    found = Watched(chain)
    found.run(TODAY + 15 * HOUR, begin=TODAY + 10 * HOUR)
    return found


def fallen(found: Watched) -> list[Finding]:
    return [one for one in found.found.values() if one.kind == "sales_fallen"]


def test_a_category_that_is_not_sold_is_one_finding_about_it() -> None:
    found = watched(lambda chain, one: chain.category(one) == "toys")
    (toys,) = fallen(found)
    assert (toys.entity_type, toys.entity, toys.store_id) == ("category", "toys", None)
    assert toys.sentence.startswith("Sales of toys in all 4 stores together down 9")
    assert "usually" in toys.sentence
    assert BEGINS < found.first_told[toys.alert_id] <= BEGINS + HOUR
    assert toys.until is not None
    assert toys.watched is not None
    assert (toys.watched.series, toys.watched.category) == ("goods", "toys")
    lost = sum(one.total for one in made().happened if is_lost(one))
    assert 0.6 * lost < toys.money_at_risk_minor < 1.4 * lost


def is_lost(one: Happened) -> bool:
    return one.series == "orders" and BEGINS <= one.at < ENDS and made().category(one) == "toys"


def test_a_usual_day_says_nothing_of_goods() -> None:
    assert fallen(watched(lambda *_: False)) == []


def test_a_fall_of_everything_is_not_told_once_more_per_category() -> None:
    found = fallen(watched(lambda _, one: one.at % 9 < 5 and one.channel != "app"))
    assert {one.entity_type for one in found} == {"store"}
    assert "all" in {one.entity for one in found}


def test_half_of_all_goods_are_told_as_theirs_and_not_as_the_chains() -> None:
    """Books and shoes are more than half of what the chain sells; each falls alone."""
    found = fallen(watched(lambda chain, one: chain.category(one) == "books" or one.at % 5 == 0))
    assert [(one.entity_type, one.entity) for one in found] == [("category", "books")]


def test_dear_goods_that_take_the_revenue_along_are_not_told_as_the_chains() -> None:
    """The chain's payments are many, so its fall is sure before that of the goods that it comes from."""
    judge = RateJudge()
    told = [one for step in range(12) for one in judged(judge, step, toys=0)]
    assert {(one.series, one.place) for one in told} == {("goods", Place(category="toys"))}


def test_the_chains_fall_is_told_once_the_goods_are_sold_again() -> None:
    judge = RateJudge()
    assert [one for step in range(5) for one in judged(judge, step, toys=0)] == []
    told = [one for step in range(5, 9) for one in judged(judge, step, toys=4)]
    assert {(one.series, one.place) for one in told} == {("revenue", CHAIN)}


def judged(judge: RateJudge, step: int, *, toys: int) -> list[Change]:
    """A step in which the chain takes two thirds of the usual money; of toys three lines are usual."""
    begin, worth = step * 300.0, 500.0
    goods = {"counted": toys, "usual": 3.0, "money": worth * toys, "usual_money": worth * 3, "given": 1.0}
    chain = {"counted": 40.0, "usual": 60.0, "money": 4_000.0, "usual_money": 6_000.0}
    for place, series, seen in ((Place(category="toys"), "goods", goods), (CHAIN, "revenue", chain)):
        observed = Observed(series, doubt=0.0, spread=1.0, day_spread=0.0, **seen)
        judge.step(place, begin, begin + 300, observed, pace=1.0, per_day=10_000.0)
    return judge.report(lambda _: False)


class OneStoreSellsToys(GoodsChain):
    """The others sell none."""

    def category(self, one: Happened) -> str:
        elsewhere = {category: share for category, share in SHARES.items() if category != "toys"}
        kept, self.shares = self.shares, SHARES if one.store_id == "s20" else elsewhere
        found = super().category(one)
        self.shares = kept
        return found


def test_goods_that_only_a_silent_store_sells_have_not_fallen() -> None:
    chain = OneStoreSellsToys(4, DAYS, SHARES, numbers=(20, 22, 24))
    chain.change(lambda one: one.store_id != "s20" or not BEGINS <= one.at < ENDS)
    found = Watched(chain)
    found.sources.silent["s20"] = BEGIN.timestamp() + BEGINS
    found.run(TODAY + 13 * HOUR, begin=TODAY + 10 * HOUR)
    assert fallen(found) == []


def test_what_falls_in_one_channel_is_told_of_it() -> None:
    chain = GoodsChain(6, DAYS, SHARES, numbers=(20, 22, 24))
    chain.per_hour["app"] = 90.0
    more = [
        one._replace(store_id="app", channel="app", at=one.at + 7)
        for one in chain.happened
        if one.store_id == "s22" and one.series in ("orders", "revenue")
    ]
    chain.change(
        lambda one: not (one.store_id == "app" and BEGINS <= one.at < ENDS),
        [one for one in more if not (BEGINS <= one.at < ENDS and chain.category(one) == "books")],
    )
    found = Watched(chain)
    found.run(TODAY + 14 * HOUR, begin=TODAY + 10 * HOUR)
    (books,) = [one for one in fallen(found) if one.entity_type == "category"]
    assert books.sentence.startswith("Sales of books in the app down ")
    assert books.watched is not None
    assert books.watched.channel == "app"


def test_made_up_categories_are_counted_and_no_memory_grows_of_them() -> None:
    chain = copy(made())
    chain.happened = [
        one for one in chain.happened if not (BEGINS <= one.at < ENDS and chain.category(one) == "toys")
    ]
    found = Watched(chain)
    made_up = [(TODAY + 9 * HOUR, goods_partial("pos", f"made up {number}", 60)) for number in range(2_000)]
    found.partials = sorted([*found.partials, *made_up], key=lambda pair: pair[0])
    found.run(TODAY + 12 * HOUR, begin=TODAY + 8 * HOUR)
    assert found.watch.odd_goods == {"too_many_categories": 2_000 - (200 - len(SHARES))}
    assert {one.entity for one in fallen(found)} == {"toys"}, "those that were there first are still told"


def test_a_category_covers_its_channels_and_nothing_else() -> None:
    toys, in_app = Place(category="toys"), Place(channel="app", category="toys")
    assert all(CHAIN.covers(one) for one in (toys, in_app))
    assert toys.covers(in_app)
    others = (CHAIN, Place(category="books"), Place("app"), Place(region="North"), toys)
    assert not any(in_app.covers(one) for one in others)
    assert not any(one.covers(toys) for one in (Place("app"), Place(region="North"), Place(category="books")))
    assert [one.size for one in (toys, in_app)] == [1, 2]
