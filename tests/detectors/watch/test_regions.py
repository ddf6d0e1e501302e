"""What happens to a region is one finding about it, and neither its stores' nor the chain's."""

from copy import copy
from functools import cache

from detectors.watch.place import CHAIN, Place
from tests.support.made_chain import Happened, MadeChain
from tests.support.watched_chain import DAYS, HOUR, TODAY, Watched

SOUTH = ("s5", "s7", "s9", "s11")
"""Stores that take turns with four others, and sell 34 payments an hour each on the mean."""

BEGINS, ENDS = TODAY + 11 * HOUR, TODAY + 16 * HOUR


@cache
def two_regions() -> MadeChain:
    return MadeChain(4, DAYS, numbers=tuple(range(4, 12)), regions=("North", "South"))


def watched(*fallen: str, share: float) -> Watched:
    """A day on which a share of the payments of some stores stay away."""
    chain = copy(two_regions())

    def stays(one: Happened) -> bool:
        gone = one.store_id in fallen and BEGINS <= one.at < ENDS
        return not gone or (one.at * 7_919 % 997) / 997 >= share

    chain.happened = list(filter(stays, chain.happened))
    found = Watched(chain)
    found.run(TODAY + 18 * HOUR, begin=TODAY + 9 * HOUR)
    return found


def test_a_region_that_sells_half_is_one_finding_about_it() -> None:
    fallen = watched(*SOUTH, share=0.55)
    (finding,) = [one for one in fallen.found.values() if one.kind == "sales_fallen"]
    assert (finding.entity_type, finding.entity, finding.store_id) == ("region", "South", None)
    assert "in the 4 stores of the region South down" in finding.sentence
    assert BEGINS < fallen.first_told[finding.alert_id] < BEGINS + 1.5 * HOUR
    assert finding.until is not None
    lost = sum(one.total for one in two_regions().happened if one.series == "revenue" and in_time(one)) * 0.55
    assert 0.5 * lost < finding.money_at_risk_minor < 1.5 * lost


def in_time(one: Happened) -> bool:
    return one.store_id in SOUTH and BEGINS <= one.at < ENDS


def test_a_fall_everywhere_is_the_chains_and_not_a_regions() -> None:
    every = [one for one in two_regions().stores.ids if one != "app"]
    entities = {
        one.entity for one in watched(*every, share=0.55).found.values() if one.kind == "sales_fallen"
    }
    assert "all" in entities
    assert entities.isdisjoint({"North", "South"})


def test_one_store_is_no_region() -> None:
    found = watched("s11", share=1.0).found.values()
    assert {one.entity for one in found if one.kind == "sales_fallen"} == {"s11"}


def test_a_region_that_lasts_into_the_night_ends_when_its_stores_close() -> None:
    chain = copy(two_regions())
    chain.happened = [
        one for one in chain.happened if not (one.store_id in SOUTH and one.at >= TODAY + 17 * HOUR)
    ]
    fallen = Watched(chain)
    fallen.run(TODAY + 21 * HOUR, begin=TODAY + 16 * HOUR)
    (finding,) = [one for one in fallen.found.values() if one.entity_type == "region"]
    assert finding.until is not None
    assert finding.until - fallen.sources.now < -0.9 * HOUR
    assert not [one for one in fallen.found.values() if one.entity in SOUTH and one.until is None]


def test_a_larger_place_covers_what_belongs_to_it() -> None:
    south, north, store = Place(region="South"), Place(region="North"), Place("s5", "South")
    assert all(CHAIN.covers(one) for one in (CHAIN, south, store))
    assert south.covers(store)
    assert not north.covers(store)
    assert not store.covers(south)
    assert not south.covers(CHAIN)
    assert not Place("s7", "South").covers(store)
    assert [one.size for one in (CHAIN, south, store)] == [0, 1, 2]


@cache
def busy() -> MadeChain:
    """Three stores of 150 payments an hour."""
    return MadeChain(5, DAYS, numbers=(35, 36, 37))


def test_a_busy_store_that_sells_half_is_told_within_the_hour() -> None:
    """Half is what a small store may sell for an hour without a word; this one never does."""
    chain = copy(busy())
    chain.happened = [one for one in chain.happened if one.store_id != "s36" or one.at < BEGINS or one.at % 2]
    fallen = Watched(chain)
    fallen.run(TODAY + 12 * HOUR, begin=TODAY + 10 * HOUR)
    (finding,) = fallen.found.values()
    assert (finding.kind, finding.entity) == ("sales_fallen", "s36")
    assert BEGINS < fallen.first_told[finding.alert_id] < BEGINS + HOUR
    assert finding.since >= fallen.sources.now - 1.2 * HOUR


def test_busy_stores_of_a_usual_day_are_no_finding() -> None:
    usual = Watched(busy())
    usual.run(TODAY + 20 * HOUR, begin=TODAY + 8 * HOUR, step=900)
    assert usual.found == {}
