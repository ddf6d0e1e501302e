"""Fallen sales are found, explained and ended; what is normal, closed, silent or unfinished is not."""

from random import Random

from schemas.metric_partial import MetricPartial
from tests.support.made_chain import BEGIN, DAY, Happened, MadeChain
from tests.support.watched_chain import DAYS, HOUR, TODAY, Watched, watched


def without(store_id: str, begin: int, end: int, *series: str) -> "Kept":
    return Kept(store_id, begin, end, series or ("orders", "revenue", "declined", "refunds"))


class Kept:
    """Keeps all but the series of a store (empty = all) in a stretch, of which each tenth second stays."""

    def __init__(self, store_id: str, begin: int, end: int, series: tuple[str, ...]) -> None:
        self._store_id, self._begin, self._end, self._series = store_id, begin, end, series

    def __call__(self, one: Happened) -> bool:
        return (
            one.series not in self._series
            or self._store_id not in (one.store_id, "")
            or not self._begin <= one.at < self._end
            or one.at % 10 == 0
        )


def test_nothing_is_found_where_nothing_happens() -> None:
    """Two days of five stores and an app; also at night and on Sunday, when stores are closed."""
    normal = Watched(watched())
    normal.run(DAYS * DAY, begin=6 * DAY)
    assert normal.found == {}


def test_fallen_sales_of_a_store_are_told_with_figures_and_end() -> None:
    chain = watched()
    begins, ends = TODAY + 12 * HOUR, TODAY + 15 * HOUR
    chain.change(without("s6", begins, ends))
    fallen = Watched(chain)
    fallen.run(TODAY + 17 * HOUR)
    (finding,) = fallen.found.values()
    assert (finding.kind, finding.store_id, finding.entity) == ("sales_fallen", "s6", "s6")
    assert fallen.first_told[finding.alert_id] < begins + HOUR
    assert begins - 900 <= finding.since - BEGIN.timestamp() <= begins + 900
    assert finding.until is not None
    assert abs(finding.until - BEGIN.timestamp() - ends) <= 900
    assert finding.sentence.startswith("Sales at Town s6 down 8")
    assert "usually" in finding.sentence
    assert finding.sentence.endswith("tills are alive, data 100 % complete.")
    assert finding.per_hour_minor is not None
    assert 0.6 < finding.per_hour_minor / (30 * 4_800) < 1.6
    assert finding.watched is not None
    assert (finding.watched.series, finding.watched.store_id) == ("revenue", "s6")
    assert all(reason.usual is not None for reason in finding.reasons)


def test_a_large_store_is_noticed_sooner_than_a_small_one() -> None:
    delays = {}
    for store_id in ("s0", "s7"):
        chain = watched()
        chain.change(without(store_id, TODAY + 10 * HOUR, TODAY + 20 * HOUR))
        fallen = Watched(chain)
        fallen.run(TODAY + 19 * HOUR)
        (finding,) = fallen.found.values()
        delays[store_id] = fallen.first_told[finding.alert_id] - TODAY - 10 * HOUR
    assert delays["s7"] < HOUR < delays["s0"] < 4 * HOUR


def test_a_fall_everywhere_is_one_finding() -> None:
    chain = watched()
    chain.change(without("", TODAY + 12 * HOUR, TODAY + 14 * HOUR))
    fallen = Watched(chain)
    fallen.run(TODAY + 16 * HOUR)
    (finding,) = [found for found in fallen.found.values() if found.kind == "sales_fallen"]
    assert (finding.store_id, finding.entity) == (None, "all")
    assert fallen.first_told[finding.alert_id] <= TODAY + 12.5 * HOUR


def test_a_silent_store_is_not_judged_and_its_late_events_raise_nothing() -> None:
    chain = watched()
    silent = Watched(chain)
    begins, ends = TODAY + 11 * HOUR, TODAY + 14 * HOUR
    held: list[tuple[int, MetricPartial]] = []
    others: list[tuple[int, MetricPartial]] = []
    for one in silent.partials:
        (held if one[1].store_id == "s6" and begins < one[0] <= ends else others).append(one)
    silent.partials = others
    silent.run(begins)
    silent.sources.silent["s6"] = BEGIN.timestamp() + begins
    silent.run(ends, begin=begins)
    assert silent.found == {}
    silent.watch.partials([one for _, one in held])
    del silent.sources.silent["s6"]
    silent.run(TODAY + 20 * HOUR, begin=ends)
    assert silent.found == {}


def test_a_judged_minute_is_not_judged_again_when_it_grows() -> None:
    """Payments that came too late for their minute neither raise nor take back anything."""
    chain = watched()
    chain.change(without("s6", TODAY + 12 * HOUR, TODAY + 14 * HOUR))
    fallen = Watched(chain)
    fallen.run(TODAY + 13 * HOUR)
    before = dict(fallen.found)
    assert len(before) == 1
    late = [one for one in watched().partials() if TODAY + 12 * HOUR < one[0] <= TODAY + 13 * HOUR - 600]
    fallen.watch.partials(
        [
            one.model_copy(update={"origin": one.origin.model_copy(update={"offset": 10**6})})
            for _, one in late
        ]
    )
    assert fallen.watch.findings(fallen.sources.now) == []
    fallen.run(TODAY + 13 * HOUR + 600, begin=TODAY + 13 * HOUR + 300)
    assert all(found.until is None for found in fallen.found.values())


def test_later_figures_change_nothing_that_was_told_and_their_order_does_not_matter() -> None:
    logs = []
    for order in (None, Random(5)):
        chain = watched()
        chain.change(without("s6", TODAY + 12 * HOUR, TODAY + 15 * HOUR))
        if order is not None:
            # another future
            chain.change(lambda one: one.at < TODAY + 13 * HOUR or one.store_id != "s2")
        one = Watched(chain, order=order)
        one.run(TODAY + 14 * HOUR)
        logs.append([(at, found) for at, found in one.log if at <= TODAY + 13 * HOUR])
    assert len(logs[0]) > 0
    assert logs[0] == logs[1]


def test_first_days_are_learnt_from_and_not_judged() -> None:
    chain = watched(4)
    chain.change(without("s6", 2 * DAY + 10 * HOUR, 2 * DAY + 20 * HOUR))
    young = Watched(chain)
    young.run(3 * DAY - HOUR, begin=0, step=600)
    assert young.found == {}


def test_many_declined_payments_are_unusual_and_end() -> None:
    chain = watched()
    begins = TODAY + 12 * HOUR
    burst = [Happened(begins + 40 * number, "declined", "s3", "pos", 3_000) for number in range(30)]
    chain.change(lambda _: True, burst)
    unusual = Watched(chain)
    unusual.run(TODAY + 16 * HOUR)
    (finding,) = unusual.found.values()
    assert (finding.kind, finding.store_id) == ("figure_unusual", "s3")
    assert finding.sentence.startswith("More declined payments than usual at Town s3 since 1")
    assert unusual.first_told[finding.alert_id] < begins + 1_200
    assert finding.until is not None
    assert finding.watched is not None
    assert finding.watched.series == "declined"


def test_fallen_app_sales_are_the_broken_checkouts_and_not_told_beside_it() -> None:
    chain = watched()
    begins, ends = TODAY + 14 * HOUR, TODAY + 17 * HOUR
    errors = [one._replace(series="errors") for one in chain.happened if one.series == "pays"]
    chain.change(without("app", begins, ends), [one for one in errors if begins <= one.at < ends])
    broken = Watched(chain)
    broken.run(TODAY + 19 * HOUR)
    assert [(found.kind, found.store_id) for found in broken.found.values()] == [("checkout_broken", "app")]


def test_money_that_fell_while_payments_did_not_is_fallen_sales() -> None:
    chain = watched()
    begins, ends = TODAY + 11 * HOUR, TODAY + 18 * HOUR
    chain.happened = [
        one._replace(total=one.total // 20)
        if one.store_id == "s7" and one.series == "revenue" and begins <= one.at < ends
        else one
        for one in chain.happened
    ]
    poor = Watched(chain)
    poor.run(ends)
    (finding,) = poor.found.values()
    assert (finding.kind, finding.store_id) == ("sales_fallen", "s7")
    assert "EUR" in finding.sentence


def test_a_dear_thing_that_is_brought_back_is_no_fallen_sales() -> None:
    """It takes a quiet store's revenue below nothing, while customers come as usual."""
    chain = watched()
    sold = next(
        one
        for one in chain.happened
        if (one.store_id, one.series) == ("s0", "revenue") and one.at > TODAY + 17 * HOUR
    )
    back = [sold._replace(series=series, total=-2_000_000) for series in ("revenue", "refunds")]
    chain.change(lambda _: True, back)
    returned = Watched(chain)
    returned.run(TODAY + 20 * HOUR)
    assert [one for one in returned.found.values() if one.kind == "sales_fallen"] == []


def test_what_lasts_when_a_store_closes_ends_with_its_day() -> None:
    """Its sources are switched off, so nothing is ever finished after the last heartbeat."""
    chain = watched()
    chain.change(without("s6", TODAY + 16 * HOUR, TODAY + 22 * HOUR))
    closing = Watched(chain)
    last_heartbeat = TODAY + 20 * HOUR - 100
    closing.run(last_heartbeat)
    assert [found.until for found in closing.found.values()] == [None]
    closing.sources.silent["s6"] = BEGIN.timestamp() + last_heartbeat
    closing.run(TODAY + 21 * HOUR, begin=last_heartbeat)
    (finding,) = closing.found.values()
    assert finding.until == BEGIN.timestamp() + TODAY + 20 * HOUR


def test_one_silent_store_keeps_nobody_from_judging_the_others() -> None:
    chain = watched()
    chain.change(without("s6", TODAY + 12 * HOUR, TODAY + 15 * HOUR))
    others = Watched(chain)
    others.sources.silent = {"s2": float("-inf"), "": float("-inf")}
    others.run(TODAY + 14 * HOUR)
    assert [found.store_id for found in others.found.values()] == ["s6"]


def pieces(chain: MadeChain) -> list[Happened]:
    """A piece leaves the stock with each order."""
    return [
        one._replace(series="units_sold", channel="", total=1)
        for one in chain.happened
        if one.series == "orders" and one.channel == "pos"
    ]


def test_a_step_that_fails_while_visits_go_on_is_told_once_with_what_is_usual_for_so_many() -> None:
    chain = watched()
    begins, ends = TODAY + 11 * HOUR, TODAY + 18 * HOUR
    steps = [
        one._replace(series=series)
        for series in ("carts", "checkouts")
        for one in chain.happened
        if one.series == "views"
    ]
    chain.change(lambda _: True, steps)
    chain.change(without("app", begins, ends, "carts", "checkouts"))
    failing = Watched(chain)
    failing.run(ends)
    (finding,) = failing.found.values()
    assert (finding.kind, finding.store_id) == ("figure_unusual", "app")
    assert finding.sentence.startswith("Fewer articles put into the cart than usual in App since 1")
    assert "for as many page views" in finding.sentence
    assert finding.watched is not None
    assert finding.watched.series == "carts"
    # all paid as usual: clicks are missing, and no money
    assert finding.money_at_risk_minor < finding.count * 4_000 / 4
    assert (finding.per_hour_minor is None) == (finding.money_at_risk_minor == 0)


def test_a_failed_step_that_nobody_pays_after_says_what_would_have_come() -> None:
    """Each view leads to a cart and nearly each cart to a payment of 48.00 on average, for 14 an hour."""
    chain = watched()
    begins, ends = TODAY + 11 * HOUR, TODAY + 17 * HOUR
    carts = [one._replace(series="carts") for one in chain.happened if one.series == "views"]
    chain.change(lambda _: True, carts)
    chain.change(without("app", begins, ends, "carts", "pays", "orders", "revenue", "declined", "refunds"))
    failing = Watched(chain)
    failing.run(ends)
    (finding,) = [one for one in failing.found.values() if one.kind == "figure_unusual"]
    assert 0.7 < finding.money_at_risk_minor / (finding.count * 4_800 * 0.98) < 1.2
    assert finding.per_hour_minor is not None
    (text,) = [reason.text for reason in finding.reasons if reason.unit == "EUR"]
    assert " EUR not taken, at the usual 4" in text


def test_pieces_that_come_back_are_worth_what_they_are_sold_for() -> None:
    chain = watched()
    sold = pieces(chain)
    usual = [one._replace(series="units_returned") for one in sold[::50]]
    begins = TODAY + 12 * HOUR
    back = [Happened(begins + 60 * number, "units_returned", "s3", "", 1) for number in range(60)]
    chain.change(lambda _: True, [*sold, *usual, *back])
    returned = Watched(chain)
    returned.run(TODAY + 15 * HOUR)
    (finding,) = returned.found.values()
    assert (finding.kind, finding.store_id) == ("figure_unusual", "s3")
    assert 0.8 < finding.money_at_risk_minor / (finding.count * 4_800) < 1.2
    assert any(" EUR went back, at the usual 4" in reason.text for reason in finding.reasons)


def test_what_falls_with_what_it_depends_on_is_not_told_beside_it() -> None:
    """Where few pay, few pieces leave the stock: fallen sales say it all."""
    chain = watched()
    chain.change(lambda _: True, pieces(chain))
    begins, ends = TODAY + 12 * HOUR, TODAY + 15 * HOUR
    chain.change(without("s6", begins, ends, "orders", "revenue", "declined", "refunds", "units_sold"))
    fallen = Watched(chain)
    fallen.run(TODAY + 17 * HOUR)
    assert [found.kind for found in fallen.found.values()] == ["sales_fallen"]


def test_pieces_that_no_longer_leave_the_stock_are_told_though_all_pay() -> None:
    chain = watched()
    chain.change(lambda _: True, pieces(chain))
    chain.change(without("s7", TODAY + 10 * HOUR, TODAY + 19 * HOUR, "units_sold"))
    lost = Watched(chain)
    lost.run(TODAY + 19 * HOUR)
    (finding,) = lost.found.values()
    assert (finding.kind, finding.store_id) == ("figure_unusual", "s7")
    assert finding.sentence.startswith("Fewer sales of pieces than usual at Town s7")
    assert (finding.money_at_risk_minor, finding.per_hour_minor) == (0, None)
    assert "for as many payments" in finding.sentence
