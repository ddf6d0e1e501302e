"""How goods come back in: the first count, deliveries that fill up what was sold, and spot counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from producers.simulator.articles import Assortment
from producers.simulator.calendar import moment
from producers.simulator.happening import Happening, PiecesLeft
from producers.simulator.stores import WAREHOUSE
from schemas.identifiers import uuid7
from schemas.stock_movement import MovementKind, StockMovement
from schemas.topics import STOCK_MOVEMENTS

__all__ = ["days_since_delivery", "delivered", "delivers", "first_count", "movement", "stock_source"]

DELIVERY_SECOND = 6 * 3600
SPOT_COUNTS = 3


def stock_source(place_id: str) -> str:
    """Name the stock room that reports for a place."""
    return f"stockroom-{place_id.removeprefix('store-')}"


def delivers(place_id: str, day: date) -> bool:
    """Whether goods arrive: at each store twice a week, at the warehouse on every working day."""
    if place_id == WAREHOUSE:
        return day.weekday() < 6
    return day.weekday() % 3 == int(place_id[-2:]) % 3 and day.weekday() < 6


def days_since_delivery(place_id: str, day: date, first_day: date) -> list[date]:
    """Return the days whose sales a delivery on this day makes good; empty if none arrives."""
    if day <= first_day or not delivers(place_id, day):
        return []
    days = [day - timedelta(days=1)]
    while days[-1] > first_day and not delivers(place_id, days[-1]):
        days.append(days[-1] - timedelta(days=1))
    return days


def first_count(seed: int, day: date, assortments: Mapping[str, Assortment]) -> Iterator[Happening]:
    """Yield the stocktaking before the first sale: every place, every article, at its target."""
    random = Random(f"{seed}/first-count")
    at = moment(day, 0)
    for place_id, assortment in assortments.items():
        for sku, target in assortment.targets.items():
            yield movement(random, at, place_id, sku=sku, kind="count", quantity=target, level_after=target)


def delivered(seed: int, day: date, assortment: Assortment, sold: Counter[str]) -> Iterator[Happening]:
    """Yield a delivery that brings every article back to its target, then counts of a few of them.

    Parameters
    ----------
    sold
        Pieces by SKU that left the place, less those that came back, since the last delivery. Where more
        came back, the surplus is sent to the warehouse.

    """
    place_id = assortment.place_id
    random = Random(f"{seed}/delivery/{place_id}/{day}")
    at = moment(day, DELIVERY_SECOND + random.random() * 3_600)
    # Online orders come in at night too, so the warehouse does not know its level at this moment.
    knows = place_id != WAREHOUSE
    for sku, pieces in sorted(sold.items()):
        level = assortment.targets[sku] if knows else None
        if pieces > 0:
            yield movement(random, at, place_id, sku=sku, kind="receipt", quantity=pieces, level_after=level)
        elif pieces < 0 and knows:
            yield movement(
                random, at, place_id, sku=sku, kind="transfer_out", quantity=-pieces, level_after=level
            )
            yield movement(
                random, at, WAREHOUSE, sku=sku, kind="transfer_in", quantity=-pieces, level_after=None
            )
        at += timedelta(milliseconds=500)
    if knows:
        at += timedelta(minutes=10)
        for sku in random.sample(sorted(assortment.targets), SPOT_COUNTS):
            level = assortment.targets[sku]
            yield movement(random, at, place_id, sku=sku, kind="count", quantity=level, level_after=level)
            at += timedelta(seconds=30)


def movement(
    random: Random,
    at: datetime,
    place_id: str,
    *,
    sku: str,
    kind: MovementKind,
    quantity: int,
    level_after: int | None,
    lost: int = 0,
) -> Happening:
    """Build one movement that a stock room reports; `lost` pieces are gone that no movement tells of."""
    source = stock_source(place_id)
    return Happening(
        at,
        STOCK_MOVEMENTS,
        source,
        partial(
            StockMovement,
            event_id=uuid7(at, random),
            source=source,
            occurred_at=at,
            place_id=place_id,
            sku=sku,
            kind=kind,
            quantity=quantity,
            level_after=level_after,
        ),
        PiecesLeft(place_id, sku, lost) if lost else None,
    )
