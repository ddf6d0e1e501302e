"""Which series an event feeds, and with what."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, get_args

from detectors.series.goods import Goods, goods_of
from schemas.click import Click, ClickAction
from schemas.score import Score
from schemas.stock_movement import MovementKind, StockMovement
from schemas.topics import CLICKS, SCORES, STOCK_MOVEMENTS
from schemas.transaction import PaymentMethod, PaymentStatus

__all__ = [
    "FIGURES",
    "PAID_SERIES",
    "READ_OF_SCORES",
    "Contribution",
    "Countable",
    "Figure",
    "click_figures",
    "payment_figures",
    "stock_figures",
]

Countable = Score | Click | StockMovement
"""What is counted; of a score `READ_OF_SCORES` are enough."""

READ_OF_SCORES = frozenset(
    {
        *("origin.generation", "origin.topic", "origin.partition", "origin.offset", "decision"),
        *("payment.source", "payment.run", "payment.seq", "payment.occurred_at", "payment.status"),
        *("payment.reporting_minor", "payment.store_id", "payment.channel", "payment.payment_method"),
        *("payment.amount_minor", "payment.lines.category", "payment.lines.quantity"),
        "payment.lines.unit_price_minor",
    }
)
"""What is read of a score for figures and counts: all else is passed over without being decoded."""


Figure = tuple[str, int]
"""A series, and what one event adds to it; its count is always one event. Plain: each event makes several."""


class Contribution(NamedTuple):
    """All that one event adds, and to which minute, store and channel.

    `goods` are of no store: they are counted by category and channel.
    """

    occurred_at: datetime
    store_id: str
    channel: str
    figures: tuple[Figure, ...]
    goods: Sequence[Goods] = ()


# Series fed by a payment event, with the sign of its money. A capture moves none.
PAYMENT_SERIES: dict[PaymentStatus, tuple[tuple[str, int], ...]] = {
    "authorised": (("revenue", 1), ("orders", 1)),
    "declined": (("declined", 1),),
    "captured": (),
    "voided": (("revenue", -1), ("voids", 1)),
    "refunded": (("revenue", -1), ("refunds", 1)),
}
PAID_SERIES: dict[PaymentMethod, str] = {method: f"paid_{method}" for method in get_args(PaymentMethod)}
"""Series of the payments that were made by each method."""

CLICK_SERIES: dict[ClickAction, str] = {
    "view": "views",
    "search": "searches",
    "product": "products",
    "add_to_cart": "carts",
    "checkout": "checkouts",
    "pay": "pays",
    "error": "errors",
}
STOCK_SERIES: dict[MovementKind, str] = {
    "sale": "units_sold",
    "return": "units_returned",
    "receipt": "units_received",
    "adjustment": "units_adjusted",
}


def payment_figures(score: Score) -> Contribution | None:
    """Say what a payment's score record adds; None for repeats and refused records."""
    payment = score.payment
    if payment is None:
        return None
    money = payment.reporting_minor
    amount = 0 if money is None else money
    status: PaymentStatus = payment.status
    found = [(series, sign * amount) for series, sign in PAYMENT_SERIES[status]]
    goods: Sequence[Goods] = ()
    if status == "authorised":
        goods = goods_of(payment)
        found.append((PAID_SERIES[payment.payment_method], amount))
    if score.decision == "review":
        found.append(("reviewed", amount))
    if found and money is None:
        found.append(("unconverted", 1))
    return Contribution(payment.occurred_at, payment.store_id, payment.channel, tuple(found), goods)


def click_figures(click: Click) -> Contribution:
    """Say what a click adds."""
    return Contribution(click.occurred_at, click.store_id, "", ((CLICK_SERIES[click.action], 1),))


def stock_figures(movement: StockMovement) -> Contribution | None:
    """Say what a movement adds; None for counts and transfers, which are neither sold nor lost."""
    series = STOCK_SERIES.get(movement.kind)
    if series is None:
        return None
    return Contribution(movement.occurred_at, movement.place_id, "", ((series, movement.quantity),))


FIGURES: Mapping[str, Callable[[Any], Contribution | None]] = {
    SCORES.name: payment_figures,
    CLICKS.name: click_figures,
    STOCK_MOVEMENTS.name: stock_figures,
}
"""What a record adds, by the name of its topic."""
