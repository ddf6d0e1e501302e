"""A way to pay that fails everywhere is told, though sales fall by too little for anybody to notice."""

from copy import copy
from functools import cache

from tests.support.made_chain import Happened, MadeChain
from tests.support.watched_chain import DAYS, HOUR, TODAY, Watched

BEGINS = TODAY + 12 * HOUR


@cache
def by_methods() -> MadeChain:
    """Eight stores; of four payments one is by wallet, the others by card."""
    chain = MadeChain(4, DAYS, numbers=tuple(range(4, 12)))
    paid = [one for one in chain.happened if one.series == "orders"]
    chain.happened = sorted([*chain.happened, *(one._replace(series=method_of(one)) for one in paid)])
    return chain


def method_of(one: Happened) -> str:
    return "paid_wallet" if one.at * 7_919 % 997 < 250 else "paid_card"


def test_wallets_that_fail_everywhere_are_told_and_fallen_sales_are_not() -> None:
    chain = copy(by_methods())
    money = ("orders", "revenue", "paid_wallet")

    def goes_through(one: Happened) -> bool:
        return one.at < BEGINS or one.series not in money or method_of(one) == "paid_card"

    chain.happened = list(filter(goes_through, chain.happened))
    failed = Watched(chain)
    failed.run(TODAY + 14 * HOUR, begin=TODAY + 11 * HOUR)
    (finding,) = [one for one in failed.found.values() if one.entity == "all"]
    assert finding.kind == "figure_unusual"
    assert BEGINS < failed.first_told[finding.alert_id] < BEGINS + HOUR
    assert finding.sentence.startswith("Fewer payments by wallet than usual in all 9 stores together since 1")
    assert "for as many payments" in finding.sentence


def test_a_quiet_day_is_no_failed_method() -> None:
    """A third of everybody stays away: as many of those who come pay by wallet as ever."""
    chain = copy(by_methods())
    chain.happened = [one for one in chain.happened if one.at < TODAY or one.at * 104_729 % 991 > 330]
    quiet = Watched(chain)
    quiet.run(TODAY + 20 * HOUR, begin=TODAY + 8 * HOUR, step=900)
    assert [
        one for one in quiet.found.values() if "wallet" in one.sentence or "by card" in one.sentence
    ] == []
