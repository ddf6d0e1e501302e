"""The simulated retailer: every event of any day, in order, from a seed and a first day."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from producers.simulator.articles import build_articles, build_assortments
from producers.simulator.calendar import day_bounds
from producers.simulator.customers import Crowd
from producers.simulator.fraud import thefts_on
from producers.simulator.happening import Happening
from producers.simulator.heartbeats import Pulse, pulses
from producers.simulator.payments import happenings
from producers.simulator.purchases import Purchase, plan_day
from producers.simulator.sessions import browse, buy
from producers.simulator.stock import days_since_delivery, delivered, first_count
from producers.simulator.stores import STORES
from schemas.heartbeat import Heartbeat
from schemas.topics import HEARTBEATS, Topic
from schemas.topics import STORES as STORES_TOPIC

__all__ = ["LONGEST_CONSEQUENCE_DAYS", "SimulatedEvent", "World"]

Held = TypeVar("Held")
LONGEST_DELIVERY_GAP_DAYS = 4
LONGEST_CONSEQUENCE_DAYS = 8
"""A label comes up to 7 days after its payment, so it may fall on the eighth day."""


class SimulatedEvent(NamedTuple):
    """An event that is ready to be sent once the simulated clock shows `at`."""

    at: datetime
    topic: Topic
    event: BaseModel


class World:
    """A retailer whose days can be made one by one.

    A day is a pure function of the seed, the first day and the start of live operation: it needs no state
    of the days before, only their plans, which are made again where they are not at hand. So a simulation
    that was stopped resumes with the very events it would have sent, `run` and `seq` included, and readers
    recognise what was sent twice. Every source starts anew each morning: `run` is the day.

    Parameters
    ----------
    seed
        The same seed makes the same retailer.
    first_day
        Local day with which everything begins; nothing happened before.
    live_from
        From here on heartbeats come every two minutes.
    customers
        How many people buy.

    Cost
    ----
    About a second per day of 18,000 events; the plans of nine days are held.

    """

    def __init__(self, seed: int, *, first_day: date, live_from: datetime, customers: int = 4_000) -> None:
        self.seed = seed
        self.first_day = first_day
        self.live_from = live_from
        self.crowd = Crowd(seed, customers)
        self.articles = build_articles(seed)
        self.assortments = build_assortments(seed, self.articles)
        self._followed: dict[date, dict[date, list[Happening]]] = {}
        self._left: dict[date, dict[str, Counter[str]]] = {}

    def plan(self, day: date) -> list[Purchase]:
        """Return the purchases of a day; a scripted incident changes them here."""
        thefts = thefts_on(self.seed, day, len(self.crowd.customers), first_day=self.first_day)
        return plan_day(self.seed, day, self.crowd, self.assortments, thefts)

    def stores(self) -> Iterator[SimulatedEvent]:
        """Yield the master data, to be sent before anything else."""
        for shop in STORES:
            yield SimulatedEvent(day_bounds(self.first_day)[0], STORES_TOPIC, shop.store)

    def events(self, day: date) -> Iterator[SimulatedEvent]:
        """Yield every event of a local day in order of time, numbered."""
        due: list[Happening | Pulse] = [*self._customers_do(day), *self._goods_come(day)]
        due += pulses(day, self.live_from)
        due.sort(key=lambda happening: happening.at)
        return number(due, run=f"{day}")

    def _customers_do(self, day: date) -> list[Happening]:
        found = list(browse(self.seed, day, self.crowd, self.assortments))
        for age in range(LONGEST_CONSEQUENCE_DAYS + 1):
            earlier = day - timedelta(days=age)
            if earlier >= self.first_day:
                found += self._consequences(earlier).get(day, ())
        return found

    def _consequences(self, planned: date) -> dict[date, list[Happening]]:
        """Return what follows from a day's purchases, by the local day on which it happens."""
        if planned not in self._followed:
            by_day: dict[date, list[Happening]] = {}
            bounds = [
                day_bounds(planned + timedelta(days=age)) for age in range(LONGEST_CONSEQUENCE_DAYS + 1)
            ]
            ends = [end for _, end in bounds]
            for purchase in self.plan(planned):
                for happening in chain(happenings(purchase), buy(purchase)):
                    day = planned + timedelta(days=bisect_right(ends, happening.at))
                    by_day.setdefault(day, []).append(happening)
            self._followed[planned] = by_day
            forget(self._followed, planned)
        return self._followed[planned]

    def _goods_come(self, day: date) -> Iterator[Happening]:
        if day == self.first_day:
            yield from first_count(self.seed, day, self.assortments)
        for place_id, assortment in self.assortments.items():
            sold: Counter[str] = Counter()
            for earlier in days_since_delivery(place_id, day, self.first_day):
                sold.update(self._pieces_left(earlier).get(place_id, Counter()))
            if sold:
                yield from delivered(self.seed, day, assortment, sold)

    def _pieces_left(self, day: date) -> dict[str, Counter[str]]:
        """Count the pieces that left each place on a day, by SKU, less those that came back."""
        if day not in self._left:
            left: dict[str, Counter[str]] = {}
            for happening in self._customers_do(day):
                if happening.left is not None:
                    place_id, sku, pieces = happening.left
                    left.setdefault(place_id, Counter())[sku] += pieces
            self._left[day] = left
            forget(self._left, day)
        return self._left[day]


def forget(by_day: dict[date, Held], newest: date) -> None:
    """Drop what no day from the newest on needs: its labels and its last deliveries reach so far back."""
    for day in [
        day for day in by_day if (newest - day).days > LONGEST_CONSEQUENCE_DAYS + LONGEST_DELIVERY_GAP_DAYS
    ]:
        del by_day[day]


def number(due: list[Happening | Pulse], *, run: str) -> Iterator[SimulatedEvent]:
    """Give events in order of time their run and seq, and heartbeats what was counted so far."""
    counts: Counter[tuple[str, str]] = Counter()
    for happening in due:
        if isinstance(happening, Pulse):
            yield SimulatedEvent(
                happening.at,
                HEARTBEATS,
                Heartbeat(
                    source=happening.source,
                    run=run,
                    store_id=happening.store_id,
                    at=happening.at,
                    next_seq={t.name: counts[happening.source, t.name] for t in happening.topics},
                ),
            )
            continue
        if not happening.source:
            yield SimulatedEvent(happening.at, happening.topic, happening.build())
            continue
        place = (happening.source, happening.topic.name)
        yield SimulatedEvent(happening.at, happening.topic, happening.build(run=run, seq=counts[place]))
        counts[place] += 1
