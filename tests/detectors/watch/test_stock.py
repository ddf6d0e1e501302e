"""A run on an article is told before it is gone; the usual ebb is not."""

from datetime import timedelta
from random import Random

import pytest

from detectors.watch.deliveries import Deliveries
from detectors.watch.finding import Finding
from detectors.watch.selling import open_hours, runs_out_at
from detectors.watch.stock import CoverWatch
from detectors.watch.unit_prices import UnitPrices
from schemas.origin import Origin
from schemas.score import Score
from schemas.stock_level import StockLevel
from schemas.transaction import Line
from tests.detectors.watch.chains import at, book
from tests.support.events import payment
from tests.support.scores import score

DAY = 24 * 60
WEEKDAY_RECEIPTS = [-14 * DAY, -11 * DAY, -7 * DAY, -4 * DAY]
"""Mondays and Thursdays before the Monday of these tests."""


def level(
    minutes: float, left: int, sold: int = 0, *, sales: int | None = None, received: float = -4 * DAY
) -> StockLevel:
    """Make a level of an article that sells six pieces a day."""
    return StockLevel(
        place_id="a",
        sku="A-1",
        level=left,
        as_of=at(minutes),
        daily_demand=6.0 + sold / 7,
        sold_last_hour=sold,
        sales_last_hour=sold if sales is None else sales,
        last_receipt_at=at(received),
        origin=Origin(generation="g:0", topic="stock-movements", partition=0, offset=int(minutes + 10**6)),
    )


def watch(prices: UnitPrices | None = None) -> CoverWatch:
    made = CoverWatch(book(), prices)
    made.levels([level(minutes, 80, received=minutes) for minutes in WEEKDAY_RECEIPTS])
    return made


def told(made: CoverWatch, *levels: StockLevel, now: float | None = None) -> list[Finding]:
    made.levels(levels)
    moment = levels[-1].as_of if now is None else at(now)
    return made.findings(moment.timestamp())


def sold_for(price: int, count: int) -> list[Score]:
    line = Line(sku="A-1", quantity=1, unit_price_minor=price)
    paid = [payment(n, lines=(line,), amount_minor=price) for n in range(count)]
    return [score(0, n, paid=one) for n, one in enumerate(paid)]


def test_a_run_says_when_nothing_is_left_and_when_goods_come() -> None:
    (found,) = told(watch(), level(60, 24, 18))
    assert found.sentence == (
        "A-1 at Store a runs out at about 11:20: 24 left, 18 sold in the last hour (usually 0.6), "
        "next delivery usually Thursday"
    )
    assert (found.kind, found.entity, found.store_id, found.until) == ("stock_running_out", "A-1", "a", None)
    assert (found.money_at_risk_minor, found.per_hour_minor) == (0, None)


def test_a_piece_brought_back_while_nobody_buys_is_no_news() -> None:
    made = watch()
    told(made, level(60, 5, 18))
    assert told(made, level(150, 7, 0, sales=9)) == []


@pytest.mark.parametrize(
    "quiet",
    [
        level(60, 14, 5),
        level(60, 14, 18, sales=2),
        level(60, 95, 18),
        level(10 * 60 + 45, 30, 18),
        level(60, 2, 0),
    ],
    ids=["usual sales", "two large receipts", "enough for today", "closes before", "ebb"],
)
def test_what_is_no_run_is_not_told(quiet: StockLevel) -> None:
    assert told(watch(), quiet) == []


def test_what_is_delivered_in_time_is_not_told() -> None:
    made = CoverWatch(book())
    made.levels([level(minutes, 80, received=minutes) for minutes in (-14 * DAY + 90, -7 * DAY + 90)])
    assert told(made, level(60, 24, 18, received=-7 * DAY + 90)) == [], "goods come at half past ten"


def test_the_same_run_is_one_alert_until_goods_come() -> None:
    made = watch()
    found = [one for minute in (60, 70, 80) for one in told(made, level(minute, 90 - minute, 18))]
    found += told(made, level(90, 0, 22))
    assert len({one.alert_id for one in found}) == 1
    assert found[-1].sentence.startswith("A-1 at Store a has run out: 22 sold in the last hour")
    assert told(made, level(90, 0, 22)) == []
    (ended,) = told(made, level(3 * DAY, 90, 0, received=3 * DAY))
    assert (ended.until, ended.alert_id) == (at(3 * DAY).timestamp(), found[0].alert_id)
    assert len(made) == 0


def test_a_run_is_over_when_it_sells_as_usual_or_not_at_all() -> None:
    made = watch()
    told(made, level(60, 20, 18))
    (ended,) = told(made, level(150, 19, 1))
    assert ended.until is not None
    told(made, level(200, 15, 18))
    assert told(made, level(201, 15, 18), now=201 + 100) == []
    (again,) = told(made, level(201, 15, 18), now=201 + 130)
    assert again.until is not None


def test_money_is_what_is_not_sold_before_goods_come() -> None:
    prices = UnitPrices()
    prices.take(sold_for(1_000, 9))
    (found,) = told(watch(prices), level(60, 24, 18))
    assert (found.money_at_risk_minor, found.per_hour_minor) == ((5 * 18 - 24) * 1_000, 18_000)


def test_a_run_for_a_wrong_price_is_left_to_who_watches_prices() -> None:
    prices = UnitPrices()
    prices.take([*sold_for(10_000, 20), *sold_for(1_000, 3)])
    assert prices.minor("A-1") == 10_000
    assert told(watch(prices), level(60, 24, 18)) == []


def test_deliveries_are_expected_on_their_usual_weekdays() -> None:
    made = Deliveries(book())
    unknown = made.next_after("a", at(0).timestamp())
    assert (unknown.usual, unknown.at) == (False, at(3 * DAY).timestamp())
    for minutes in WEEKDAY_RECEIPTS:
        made.take("a", at(minutes + 30).timestamp())
    for now, then in ((0, 30), (31, 3 * DAY + 30), (4 * DAY, 7 * DAY + 30)):
        assert made.next_after("a", at(now).timestamp()) == (at(then).timestamp(), True)


def test_hours_count_only_while_a_place_is_open() -> None:
    stores, random = book(), Random(1)
    for _ in range(50):
        begin = at(random.uniform(0, 9 * DAY)).timestamp()
        hours = random.uniform(0.1, 40)
        end = runs_out_at(stores, "a", begin, hours)
        assert open_hours(stores, "a", begin, end) == pytest.approx(hours)
    week = at(7 * DAY) - timedelta(minutes=0)
    assert open_hours(stores, "a", at(0).timestamp(), week.timestamp()) == pytest.approx(6 * 11)
