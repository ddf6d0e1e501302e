"""Prices that cannot be meant are found; promotions, slips and returns are not."""

from collections.abc import Iterable
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.watch.finding import Finding
from detectors.watch.paid import judged
from detectors.watch.prices import KEPT_SALES, LatestPrices, PriceWatch
from detectors.watch.stores import StoreBook
from schemas.score import Score
from schemas.transaction import Line
from tests.detectors.watch.paying import DAY, HOUR, MINUTE, at, pay


def sale(seq: int, seconds: float, euros: float, *, pieces: int = 1, **fields: Any) -> Score:
    line = Line(sku="A-1042", quantity=pieces, unit_price_minor=round(euros * 100))
    amount = abs(line.quantity * line.unit_price_minor)
    return pay(seq, seconds, **{"lines": (line,), "amount_minor": amount, "channel": "web", **fields})


def usual(euros: float = 24.9, **fields: Any) -> list[Score]:
    return [sale(1_000 + n, -DAY + n * HOUR, euros, **fields) for n in range(10)]


class Prices:
    def __init__(self) -> None:
        self.watch = PriceWatch(StoreBook())
        self.last: dict[str, Finding] = {}

    def scores(self, scores: Iterable[Score], now: float | None = None) -> "Prices":
        self.watch.paid(judged(scores))
        moment = -inf if now is None else at(now).timestamp()
        self.last |= {found.alert_id: found for found in self.watch.findings(moment)}
        return self

    def one(self) -> Finding:
        [found] = self.last.values()
        return found


def test_a_slip_of_the_decimal_point_is_found_and_ends_when_the_price_is_back() -> None:
    prices = Prices().scores(usual())
    assert not prices.scores([sale(1, 600, 2.49)]).last, "one sale may be a slip"
    found = prices.scores([sale(2, 700, 2.49, pieces=3, channel="app", store_id="app")]).one()
    assert found.entity == "A-1042"
    assert found.money_at_risk_minor == 4 * (2_490 - 249)
    assert found.sentence == (
        "A-1042 sells at 2.49 EUR instead of 24.90 EUR since 09:10: "
        "4 pieces, 89.64 EUR lost; app and store-1."
    )
    assert found.until is None
    found = prices.scores([sale(3, 900, 24.9)]).one()
    assert found.until == at(900).timestamp()
    assert "Right again since 09:15." in found.sentence


def test_many_pieces_at_once_are_enough() -> None:
    assert Prices().scores([*usual(), sale(1, 600, 2.49, pieces=6)]).one().count == 1


def test_a_price_ten_times_too_high_is_found() -> None:
    found = Prices().scores([*usual(), sale(1, 600, 249), sale(2, 700, 249)]).one()
    assert "charged too much" in found.sentence


@pytest.mark.parametrize(
    "innocent",
    [
        [sale(n, n * 60, 24.9 * 0.5) for n in range(9)],
        [sale(n, n * 60, 24.9 * 2) for n in range(9)],
        [sale(n, n * 60, 2.49, status="declined") for n in range(9)],
        [sale(n, n * 60, 2.49).model_copy(update={"disposition": "followed"}) for n in range(9)],
        [sale(n, n * 60, 2.49, pieces=-1) for n in range(9)],
        [sale(1, 60, 2.49), sale(2, 120, 24.9), sale(3, 3 * DAY, 2.49)],
        [sale(n, n * 60, 2.49, channel="pos") for n in range(3)],
    ],
    ids=["half price", "double", "declined", "given back", "return line", "two slips", "price of the stores"],
)
def test_near_misses_raise_nothing(innocent: list[Score]) -> None:
    assert not Prices().scores([*usual(), *innocent]).last


def test_it_is_not_known_what_a_new_article_costs() -> None:
    assert not Prices().scores([*usual()[:4], sale(1, 0, 2.49), sale(2, 60, 2.49)]).last


def test_the_odd_price_never_becomes_usual_while_it_lasts() -> None:
    found = Prices().scores([*usual(), *(sale(n, n * 60, 2.49) for n in range(60))]).one()
    assert found.count == 60
    assert found.until is None
    assert "instead of 24.90 EUR" in found.sentence


def test_what_nobody_corrects_for_a_week_is_meant() -> None:
    prices = Prices().scores([*usual(), sale(1, 600, 2.49), sale(2, 700, 2.49)])
    assert prices.scores([], now=700 + 7 * DAY + 1).one().until == at(700 + 7 * DAY).timestamp()
    later = [sale(10 + n, 8 * DAY + n * MINUTE, 2.49) for n in range(9)]
    assert len(prices.scores(later).last) == 1


def test_a_late_sale_changes_no_end() -> None:
    prices = Prices().scores([*usual(), sale(1, 600, 2.49), sale(2, 700, 2.49), sale(3, 900, 24.9)])
    found = prices.scores([sale(4, 800, 2.49)]).one()
    assert (found.count, found.until) == (3, at(900).timestamp())
    assert prices.scores([sale(5, 1_000, 2.49)]).one().until is None, "it is back on the same day"


def test_another_currency_is_converted() -> None:
    def in_yen(one: Score) -> Score:
        assert one.payment is not None
        half = one.payment.model_copy(
            update={"currency": "JPY", "reporting_minor": one.payment.amount_minor // 2}
        )
        return one.model_copy(update={"payment": half})

    assert not Prices().scores([*usual(), *(in_yen(sale(n, n * 60, 49.8)) for n in range(5))]).last


def test_an_article_that_goes_wrong_again_is_believed_a_week_after_its_last_sale() -> None:
    """The week of the first glitch ends nothing of the second."""
    prices = Prices().scores(usual()).scores([sale(1, 0, 2.49), sale(2, HOUR, 24.9)])
    prices.scores([sale(3 + n, 6 * DAY + n, 2.49) for n in range(2)], now=7 * DAY + HOUR)
    assert prices.one().until is None
    prices.scores([], now=13 * DAY + HOUR)
    assert prices.one().until == at(13 * DAY + 1).timestamp()


@given(st.lists(st.sampled_from([1.0, 1.0, 1.0, 2.0, 3.5]), min_size=1, max_size=120))
def test_the_usual_price_is_the_middle_of_the_last_sales(brought: list[float]) -> None:
    prices = LatestPrices()
    for number, price in enumerate(brought, 1):
        prices.add(price)
        last = sorted(brought[max(0, number - KEPT_SALES) : number])
        assert (len(prices), prices.median) == (len(last), last[len(last) // 2])
