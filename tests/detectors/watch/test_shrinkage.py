"""What a count finds missing is told once nothing on its way can explain it."""

from math import inf

import pytest

from detectors.watch.finding import Finding
from detectors.watch.shrinkage import ShrinkageWatch
from detectors.watch.unit_prices import UnitPrices
from schemas.origin import Origin
from schemas.stock_level import StockLevel
from schemas.transaction import Line
from tests.detectors.watch.chains import at, book
from tests.support.events import payment
from tests.support.scores import score


class Arriving:
    """A store of which everything is here until some minute."""

    def __init__(self) -> None:
        self.until = -inf

    @property
    def now(self) -> float:
        return self.until

    def complete_until(self, store_id: str) -> float:
        return self.until if store_id == "a" else -inf

    def completeness(self, store_id: str) -> float | None:
        return 1.0 if store_id == "a" else None


def counted(
    minutes: float, found: int, difference: int, *, sku: str = "A-1", as_of: float | None = None
) -> StockLevel:
    return StockLevel(
        place_id="a",
        sku=sku,
        level=found,
        counted_at=at(minutes),
        as_of=at(minutes if as_of is None else as_of),
        daily_demand=1.0,
        count_difference=difference,
        origin=Origin(generation="g:0", topic="stock-movements", partition=0, offset=0),
    )


def told(made: ShrinkageWatch, now: float, *levels: StockLevel) -> list[Finding]:
    made.levels(levels)
    return made.findings(at(now).timestamp())


def priced(price: int) -> UnitPrices:
    prices = UnitPrices()
    line = Line(sku="A-1", quantity=1, unit_price_minor=price)
    paid = [payment(n, lines=(line,), amount_minor=price) for n in range(9)]
    prices.take([score(0, n, paid=one) for n, one in enumerate(paid)])
    return prices


def test_missing_pieces_are_told_with_what_was_expected() -> None:
    made = ShrinkageWatch(book(), priced(2_000))
    assert told(made, 0, counted(0, 9, -31)) == []
    assert told(made, 9) == []
    (found,) = told(made, 10)
    assert found.sentence == (
        "31 pieces of A-1 missing at Store a, 620.00 EUR: counted 9, movements say 40; "
        "counts there usually agree within 1 piece"
    )
    assert (found.kind, found.entity, found.store_id, found.count) == ("shrinkage", "A-1", "a", 31)
    assert (found.money_at_risk_minor, found.since) == (62_000, at(0).timestamp())
    assert told(made, 11, counted(0, 5, -31, as_of=10)) == []


@pytest.mark.parametrize(
    ("price", "found", "difference"),
    [(2_000, 40, -4), (2_000, 30, 10), (2_000, 40, 0), (500, 30, -10), (2_000, 500, -10), (None, 30, -7)],
    ids=["few", "more than expected", "right", "cheap", "small share", "price not known"],
)
def test_small_differences_are_not_told(price: int | None, found: int, difference: int) -> None:
    made = ShrinkageWatch(book(), None if price is None else priced(price))
    assert told(made, 0, counted(0, found, difference)) == []
    assert told(made, 60) == []


def test_a_place_that_counts_badly_has_to_miss_more() -> None:
    made = ShrinkageWatch(book())
    for number in range(20):
        told(made, number, counted(number, 40, (-1) ** number * 4, sku=f"B-{number}"))
    told(made, 30, counted(30, 40, -20))
    assert told(made, 60) == []
    told(made, 70, counted(70, 40, -30))
    (found,) = told(made, 90)
    assert found.sentence.endswith("counts there usually agree within 5 pieces")


def test_movements_that_come_in_time_explain_it_and_nobody_hears_of_it() -> None:
    made = ShrinkageWatch(book())
    told(made, 0, counted(0, 9, -31))
    told(made, 5, counted(0, 9, -2, as_of=5))
    assert told(made, 60) == []
    assert len(made) == 0


def test_movements_that_come_too_late_end_it() -> None:
    made = ShrinkageWatch(book())
    told(made, 0, counted(0, 9, -31))
    (found,) = told(made, 30)
    (less,) = told(made, 40, counted(0, 9, -21, as_of=35))
    assert (less.count, less.alert_id, less.until) == (21, found.alert_id, None)
    (ended,) = told(made, 50, counted(0, 9, 0, as_of=45))
    assert ended.until is not None
    assert ended.sentence.startswith("Movements that came late explain")


def test_a_later_count_that_finds_them_ends_it() -> None:
    made = ShrinkageWatch(book())
    told(made, 0, counted(0, 9, -31))
    told(made, 30)
    assert told(made, 40, counted(40, 8, 0)) == [], "still missing, and known"
    (ended,) = told(made, 60, counted(60, 36, 28))
    assert ended.sentence == "28 pieces of A-1 found again at Store a"


def test_a_store_whose_events_are_not_here_is_waited_for() -> None:
    sources = Arriving()
    made = ShrinkageWatch(book(), None, sources)
    told(made, 0, counted(0, 9, -31))
    assert told(made, 120) == []
    sources.until = at(0).timestamp()
    assert len(told(made, 121)) == 1


def test_memory_is_bounded_by_time() -> None:
    made = ShrinkageWatch(book())
    told(made, 0, counted(0, 9, -31))
    told(made, 30)
    told(made, 31 * 24 * 60)
    assert len(made) == 0
