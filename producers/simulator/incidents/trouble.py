"""What every incident can change, and how the purchases that belong to it are made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.articles import Article, Assortment, line_of
from producers.simulator.calendar import moment
from producers.simulator.customers import Crowd, Customer
from producers.simulator.happening import Happening
from producers.simulator.purchases import Purchase, label_time
from producers.simulator.sessions import Release
from producers.simulator.shelf import Shelf
from producers.simulator.stores import APP, WAREHOUSE, WEB, Shop, Till
from schemas.identifiers import uuid7

__all__ = ["Scene", "ShelfOf", "Trouble", "begin_second", "buying"]

ShelfOf = Callable[[str, str], Shelf]
"""Knows the shelf of an article (place_id, sku) on the incident's day."""

MARGIN_SECONDS = 1_800
"""An incident in a store keeps away from opening and closing, where little happens anyway."""
ONLINE_SECONDS = (9 * 3_600, 21 * 3_600)
"""What goes wrong online does so while people shop."""


@dataclass(frozen=True)
class Scene:
    """Whom and what an incident can happen to on a day."""

    seed: int
    day: date
    crowd: Crowd
    assortments: dict[str, Assortment]
    robbed: frozenset[int]
    """Customers, by number, whose card is stolen anyway."""
    tampered: frozenset[str]
    """Terminals that are compromised anyway."""

    def at(self, second: float) -> datetime:
        """Turn a second of the local day into an instant."""
        return moment(self.day, second)

    def order(self, letter: str, number: int) -> str:
        """Name an order that exists because of an incident."""
        return f"{self.day:%y%m%d}-{letter}{number:04d}"

    def victims(self, random: Random, count: int) -> list[Customer]:
        """Draw different customers to whom nothing else happens."""
        drawn = random.sample(self.crowd.customers, count + len(self.robbed))
        return [customer for customer in drawn if customer.number not in self.robbed][:count]


class Trouble:
    """One incident. The methods are the places where it can change what happens; most change nothing.

    `truth` is what the cue sheet says.
    """

    truth: Incident

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Change the plan of the day, whatever is in stock."""
        return purchases

    def sell_out(self, purchases: list[Purchase], shelf_of: ShelfOf) -> list[Purchase]:  # noqa: ARG002
        """Change the plan of the day where an article runs out, knowing what is there."""
        return purchases

    def lost(self, place_id: str, sku: str) -> int:  # noqa: ARG002
        """Say how many pieces of an article vanished that day without a sale."""
        return 0

    def counts(self, purchases: list[Purchase], shelf_of: ShelfOf) -> Iterator[Happening]:  # noqa: ARG002
        """Yield the counts that exist because of it, where the day's purchases are these."""
        yield from ()

    def releases(self) -> tuple[Release, ...]:
        """Give the releases of the app that reached visitors that day."""
        return ()

    def sells_out_at(self, place_id: str) -> bool:  # noqa: ARG002
        """Say whether `sell_out` changes what is sold at a place."""
        return False

    def offline(self) -> tuple[frozenset[str], datetime, datetime] | None:
        """Give the sources that could not send, and from when to when; None if all could."""
        return None

    def during(self, at: datetime) -> bool:
        """Say whether a moment lies within the incident."""
        return self.truth.begins_at <= at < self.truth.ends_at


def begin_second(random: Random, shop: Shop, day: date, seconds: float) -> float:
    """Draw when something of a length begins, so that it ends before the shop closes."""
    opens, closes = shop.opening(day) or ONLINE_SECONDS
    if shop in (WEB, APP):
        opens, closes = ONLINE_SECONDS
    latest = max(closes - MARGIN_SECONDS - seconds, opens + MARGIN_SECONDS)
    return random.uniform(opens + MARGIN_SECONDS, latest)


def buying(
    random: Random,
    *,
    at: datetime,
    shop: Shop,
    order: str,
    customer: Customer,
    lines: tuple[tuple[Article, int], ...],
    till: Till | None = None,
) -> Purchase:
    """Plan one purchase by card that goes through; online orders are captured hours later."""
    online = shop in (WEB, APP)
    return Purchase(
        event_id=uuid7(at, random),
        at=at,
        shop=shop,
        till=till or random.choice(shop.tills),
        place_id=WAREHOUSE if online else shop.store_id,
        order=order,
        attempt=1,
        method="card",
        customer=customer,
        lines=tuple(line_of(article, quantity) for article, quantity in lines),
        discount_minor=0,
        fraud=False,
        known_at=label_time(random, at),
        captured_at=at + timedelta(seconds=random.randint(7_200, 72_000)) if online else None,
    )
