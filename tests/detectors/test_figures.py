"""Which series each event feeds."""

from typing import Any, get_args

import pytest

from detectors.series.figures import (
    CLICK_SERIES,
    FIGURES,
    PAID_SERIES,
    PAYMENT_SERIES,
    STOCK_SERIES,
    Contribution,
)
from detectors.series.goods import GOODS_SERIES
from detectors.series.table import SERIES
from schemas.click import Click, ClickAction
from schemas.score import Score
from schemas.stock_movement import StockMovement
from schemas.topics import TOPICS
from schemas.transaction import PaymentStatus
from tests.detectors.models import score_of
from tests.support.events import click, movement, payment


def paid(**fields: Any) -> Score:
    verdict = {name: fields.pop(name) for name in ("decision", "disposition") if name in fields}
    return score_of(payment(amount_minor=500, **fields), (), **verdict)


def figures(event: Any) -> Contribution | None:
    topics: dict[Any, str] = {Score: "scores", Click: "clicks", StockMovement: "stock-movements"}
    return FIGURES[topics[type(event)]](event)


def fed(event: Any) -> dict[str, int]:
    contribution = figures(event)
    return {} if contribution is None else dict(contribution.figures)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (paid(), {"revenue": 500, "orders": 500, "paid_card": 500}),
        (paid(payment_method="wallet"), {"revenue": 500, "orders": 500, "paid_wallet": 500}),
        (paid(decision="review"), {"revenue": 500, "orders": 500, "paid_card": 500, "reviewed": 500}),
        (paid(status="declined"), {"declined": 500}),
        (paid(status="declined", decision="review"), {"declined": 500, "reviewed": 500}),
        (paid(status="captured", disposition="followed"), {}),
        (paid(status="voided", disposition="followed"), {"revenue": -500, "voids": 500}),
        (paid(status="refunded", disposition="followed"), {"revenue": -500, "refunds": 500}),
        (click(action="add_to_cart"), {"carts": 1}),
        (click(action="error"), {"errors": 1}),
        (movement(quantity=3), {"units_sold": 3}),
        (movement(kind="adjustment", quantity=-2), {"units_adjusted": -2}),
        (movement(kind="count", quantity=7), {}),
        (movement(kind="transfer_out", quantity=7), {}),
    ],
)
def test_an_event_feeds_its_series(event: Any, expected: dict[str, int]) -> None:
    assert fed(event) == expected


@pytest.mark.parametrize("disposition", ["repeat", "refused"])
def test_what_is_no_payment_feeds_nothing(disposition: str) -> None:
    assert figures(paid().model_copy(update={"disposition": disposition, "payment": None})) is None


def test_a_currency_without_rate_is_counted_and_named() -> None:
    score = paid()
    assert score.payment is not None
    unknown = score.payment.model_copy(update={"reporting_minor": None})
    assert fed(score.model_copy(update={"payment": unknown})) == {
        "revenue": 0, "orders": 0, "paid_card": 0, "unconverted": 1,
    }  # fmt: skip


def test_where_and_when_come_from_the_event() -> None:
    moved, seen = movement(4, place_id="warehouse"), click(9)
    assert figures(moved)[:3] == (moved.occurred_at, "warehouse", "")  # type: ignore[index]  # a sale counts
    assert figures(seen)[:3] == (seen.occurred_at, "web", "")  # type: ignore[index]  # a click counts
    assert figures(paid(store_id="s", channel="app"))[1:3] == ("s", "app")  # type: ignore[index]  # so it does


def test_every_series_is_declared_and_every_declared_one_is_fed() -> None:
    declared = {name: series.source for name, series in SERIES.items()}
    scores = {series for fed_series in PAYMENT_SERIES.values() for series, _ in fed_series}
    scores |= {*PAID_SERIES.values(), "reviewed", "unconverted", GOODS_SERIES}
    fed_series = dict.fromkeys(scores, "scores")
    fed_series |= dict.fromkeys(CLICK_SERIES.values(), "clicks")
    fed_series |= dict.fromkeys(STOCK_SERIES.values(), "stock-movements")
    assert fed_series == declared
    assert set(declared.values()) <= set(TOPICS)
    assert set(PAYMENT_SERIES) == set(get_args(PaymentStatus))
    assert set(CLICK_SERIES) == set(get_args(ClickAction))
