"""What was sold of each category of goods: the lines of a receipt that name one."""

from typing import Protocol, get_args

from schemas.metrics import OddGoods
from schemas.transaction import Line

__all__ = [
    "GOODS_SERIES",
    "MOST_CATEGORIES",
    "Categories",
    "Goods",
    "OddCounts",
    "Receipt",
    "goods_of",
    "nothing_odd",
]

GOODS_SERIES = "goods"
"""Its series; the only one that is kept by category."""

MOST_CATEGORIES = 200
"""Categories that are told apart at a time. Their names come from tills, and one that sends another name with
each receipt must not make anybody's memory grow. Chosen: a retailer's first level of goods has 10 to 60."""

OddCounts = dict[OddGoods, int]

Goods = tuple[str, int, int]
"""Category, pieces, and what they are worth in the reporting currency's minor units."""


class Receipt(Protocol):
    """What is read of a payment."""

    @property
    def amount_minor(self) -> int:
        """Minor units of its own currency."""

    @property
    def reporting_minor(self) -> int | None:
        """The same in the reporting currency; None without an exchange rate."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was bought."""


def nothing_odd() -> OddCounts:
    """Begin to count what is odd about goods."""
    return dict.fromkeys(get_args(OddGoods), 0)


def goods_of(payment: Receipt) -> list[Goods]:
    """Give the lines that name a category; without an exchange rate they bring no money."""
    rate = (payment.reporting_minor or 0) / payment.amount_minor if payment.amount_minor else 0.0
    return [
        (line.category, line.quantity, round(line.quantity * line.unit_price_minor * rate))
        for line in payment.lines
        if line.category
    ]


class Categories:
    """The categories that are told apart, each with the newest moment it was seen at; no more than so many.

    Parameters
    ----------
    most
        So many at a time; what is forgotten makes room.
    odd
        Where others count too what there was no room for.

    Cost: .1 µs a line.

    """

    def __init__(self, most: int = MOST_CATEGORIES, odd: OddCounts | None = None) -> None:
        self._most = most
        self._newest: dict[str, float] = {}
        self.odd = nothing_odd() if odd is None else odd

    def admit(self, category: str, seconds: float) -> bool:
        """Say whether a category is told apart, from now on if there is room."""
        newest = self._newest.get(category)
        if newest is None:
            if len(self._newest) >= self._most:
                self.odd["too_many_categories"] += 1
                return False
            self._newest[category] = seconds
        elif newest < seconds:
            self._newest[category] = seconds
        return True

    def forget(self, before: float) -> list[str]:
        """Forget, and give, what was not seen since a moment."""
        gone = [category for category, newest in self._newest.items() if newest < before]
        for category in gone:
            del self._newest[category]
        return gone
