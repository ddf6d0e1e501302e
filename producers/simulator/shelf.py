"""How many pieces of one article are at one place, from the plans that move it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from producers.simulator.payments import STOCK_DELAY
from producers.simulator.purchases import Purchase
from schemas.transaction import Line

__all__ = ["Shelf", "moves"]


class Shelf(NamedTuple):
    """An article at a place on one day: what is there in the morning, and what earlier purchases return."""

    opening: int
    returns: tuple[tuple[datetime, int], ...]


def moves(purchases: Iterable[Purchase], place_id: str, sku: str) -> Iterator[tuple[datetime, int]]:
    """Yield when purchases change the level of an article at a place, and by how much."""
    for purchase in purchases:
        if purchase.place_id != place_id or purchase.failed or purchase.decline_reason is not None:
            continue
        pieces = count(purchase.lines, sku)
        if pieces:
            yield purchase.at + STOCK_DELAY, -pieces
            if purchase.voided_at is not None:
                yield purchase.voided_at + STOCK_DELAY, pieces
            if purchase.refunded_at is not None and (back := count(purchase.refunded_lines, sku)):
                yield purchase.refunded_at + STOCK_DELAY, back


def count(lines: tuple[Line, ...], sku: str) -> int:
    """Count the pieces of an article on a receipt."""
    return sum(line.quantity for line in lines if line.sku == sku)
