"""The simulated retailer: every event of any day, in order, from a seed and a first day."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple, TypeVar

from producers.cue_sheet import Incident
from producers.simulator.articles import build_articles, build_assortments
from producers.simulator.calendar import day_bounds
from producers.simulator.context import context_on
from producers.simulator.customers import Crowd
from producers.simulator.fraud import thefts_on
from producers.simulator.happening import Happening, SimulatedEvent
from producers.simulator.heartbeats import Pulse, pulses
from producers.simulator.incidents.schedule import IncidentMode, troubles_on
from producers.simulator.incidents.silence import delayed
from producers.simulator.incidents.trouble import Scene, Trouble
from producers.simulator.payments import happenings
from producers.simulator.purchases import Purchase, plan_day
from producers.simulator.sessions import Release, browse, buy
from producers.simulator.shelf import Shelf, moves
from producers.simulator.stock import days_since_delivery, delivered, delivers, first_count
from producers.simulator.stores import STORES
from schemas.heartbeat import Heartbeat
from schemas.topics import HEARTBEATS
from schemas.topics import STORES as STORES_TOPIC

__all__ = ["LONGEST_CONSEQUENCE_DAYS", "Background", "SimulatedEvent", "World"]

Held = TypeVar("Held")
LONGEST_DELIVERY_GAP_DAYS = 4
LONGEST_CONSEQUENCE_DAYS = 8
"""A label comes up to 7 days after its payment, so it may fall on the eighth day."""


class Background(NamedTuple):
    """What the ordinary thefts of a day hit: whoever names these is right, incident or not."""

    cards: frozenset[str]
    customers: frozenset[str]
    terminals: frozenset[str]


class World:
    """A retailer whose days can be made one by one.

    A day is a pure function of the arguments: it needs no state of the days before, only their plans, which
    are made again where they are not at hand. So a simulation that was stopped resumes with the very events
    it would have sent, `run` and `seq` included, and readers recognise what was sent twice. Every source
    starts anew each morning: `run` is the day.

    Parameters
    ----------
    seed
        The same seed makes the same retailer.
    first_day
        Local day with which everything begins; nothing happened before.
    live_from
        From here on heartbeats come every two minutes, and things go wrong.
    customers
        How many people buy.
    incidents
        script = every kind once within the first four hours, and from the next day on at random; random =
        at random from the beginning; none.

    Cost
    ----
    About .5 s per day of 27,000 events and .4 s for its 60,000 heartbeats; twelve days of plans are held.

    """

    def __init__(
        self,
        seed: int,
        *,
        first_day: date,
        live_from: datetime,
        customers: int = 5_000,
        incidents: IncidentMode = "script",
    ) -> None:
        self.seed = seed
        self.first_day = first_day
        self.live_from = live_from
        self.crowd = Crowd(seed, customers)
        self.articles = build_articles(seed)
        self.assortments = build_assortments(seed, self.articles)
        self._mode = incidents
        self._troubles: dict[date, tuple[Trouble, ...]] = {}
        self._wanted: dict[date, list[Purchase]] = {}
        self._plans: dict[date, list[Purchase]] = {}
        self._followed: dict[date, dict[date, list[Happening]]] = {}
        self._left: dict[date, dict[str, Counter[str]]] = {}

    def incidents(self, day: date) -> tuple[Incident, ...]:
        """Return what goes wrong on a local day, in the order in which it begins."""
        truths = (trouble.truth for trouble in self._troubles_on(day))
        return tuple(sorted(truths, key=lambda truth: (truth.begins_at, truth.kind)))

    def background(self, day: date) -> Background:
        """Return the cards, customers and terminals that ordinary thefts hit on a local day."""
        thefts = thefts_on(self.seed, day, len(self.crowd.customers), first_day=self.first_day)
        robbed = [self.crowd.customers[number] for number in thefts.customers]
        return Background(
            frozenset(customer.card_id for customer in robbed),
            frozenset(customer.customer_id for customer in robbed if customer.customer_id is not None),
            thefts.terminals,
        )

    def plan(self, day: date) -> list[Purchase]:
        """Return the purchases of a day, as the incidents have changed them."""
        if day not in self._plans:
            purchases = self._wanted_on(day)
            for trouble in self._troubles_on(day):
                purchases = trouble.sell_out(purchases, lambda place, sku: self._shelf(place, sku, day))
            self._plans[day] = purchases
            forget(self._plans, day)
        return self._plans[day]

    def stores(self) -> Iterator[SimulatedEvent]:
        """Yield the master data, to be sent before anything else."""
        for shop in STORES:
            yield SimulatedEvent(day_bounds(self.first_day)[0], STORES_TOPIC, shop.store)

    def events(self, day: date) -> Iterator[SimulatedEvent]:
        """Yield every event of a local day in the order of sending, numbered as they happened."""
        due: list[Happening | Pulse] = [*self._browsed(day), *self._bought(day)]
        due += [*self._counted(day), *self._goods_come(day)]
        due += context_on(self.seed, day, self._releases(day))
        due += pulses(day, self.live_from)
        due.sort(key=lambda happening: happening.at)
        events = number(due, run=f"{day}")
        for trouble in self._troubles_on(day):
            if (offline := trouble.offline()) is not None:
                events = iter(delayed(events, *offline))
        return events

    def _troubles_on(self, day: date) -> tuple[Trouble, ...]:
        if day not in self._troubles:
            thefts = thefts_on(self.seed, day, len(self.crowd.customers), first_day=self.first_day)
            robbed = frozenset(thefts.customers)
            scene = Scene(self.seed, day, self.crowd, self.assortments, robbed, thefts.terminals)
            self._troubles[day] = troubles_on(scene, self._mode, self.live_from)
            forget(self._troubles, day)
        return self._troubles[day]

    def _wanted_on(self, day: date) -> list[Purchase]:
        """Return what customers want to buy on a day, whatever is there."""
        if day not in self._wanted:
            thefts = thefts_on(self.seed, day, len(self.crowd.customers), first_day=self.first_day)
            purchases = plan_day(self.seed, day, self.crowd, self.assortments, thefts)
            for trouble in self._troubles_on(day):
                purchases = trouble.change(purchases)
            self._wanted[day] = purchases
            forget(self._wanted, day)
        return self._wanted[day]

    def _shelf(self, place_id: str, sku: str, day: date) -> Shelf:
        """Return what of an article is there on a day, without making days that do not matter for it."""
        filled = day
        while filled > self.first_day and not delivers(place_id, filled):
            filled -= timedelta(days=1)
        begin, (today, tomorrow) = day_bounds(filled)[0], day_bounds(day)
        moved: list[tuple[datetime, int]] = []
        earlier = max(self.first_day, filled - timedelta(days=LONGEST_CONSEQUENCE_DAYS))
        while earlier < day:
            sells_out = any(trouble.sells_out_at(place_id) for trouble in self._troubles_on(earlier))
            purchases = self.plan(earlier) if sells_out else self._wanted_on(earlier)
            moved += moves(purchases, place_id, sku)
            if earlier >= filled:
                moved += [
                    (day_bounds(earlier)[0], -t.lost(place_id, sku)) for t in self._troubles_on(earlier)
                ]
            earlier += timedelta(days=1)
        opening = self.assortments[place_id].targets[sku]
        opening += sum(change for at, change in moved if begin <= at < today)
        return Shelf(opening, tuple((at, change) for at, change in moved if today <= at < tomorrow))

    def _counted(self, day: date) -> Iterator[Happening]:
        """Yield the counts that an incident of the day causes."""
        for trouble in self._troubles_on(day):
            yield from trouble.counts(self.plan(day), lambda place, sku: self._shelf(place, sku, day))

    def _browsed(self, day: date) -> Iterator[Happening]:
        """Yield the visits that end without a payment."""
        return browse(self.seed, day, self.crowd, self.assortments, self._releases(day))

    def _releases(self, day: date) -> list[Release]:
        return [release for trouble in self._troubles_on(day) for release in trouble.releases()]

    def _bought(self, day: date) -> Iterator[Happening]:
        """Yield what happens on a day because of the purchases of that day and those before."""
        for age in range(LONGEST_CONSEQUENCE_DAYS + 1):
            earlier = day - timedelta(days=age)
            if earlier >= self.first_day:
                yield from self._consequences(earlier).get(day, ())

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
            for happening in chain(self._bought(day), self._counted(day)):
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
