"""How soon a fall of a given share in a place's sales is noticed, and how soon anybody could.

The question: each day one open store, or all stores of a region, drawn anew, or all there are, sell a share
less than usual from some moment until they close; when is it told as fallen sales of that very place? The
rules are those of `benchmarks incidents`. The bound is Lorden's: on average no rule that looks at the place's
payments alone and gives at most .3 false alarms a day over all stores can be faster than ln(hours between
false alarms of one) over the information that an hour of its payments brings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from random import Random
from statistics import median
from typing import Literal

from benchmarks.incidents import FIRST_DAY, HISTORY_DAYS, simulate
from producers.cue_sheet import Incident
from producers.simulator.calendar import day_bounds, moment
from producers.simulator.incidents.trouble import Trouble
from producers.simulator.purchases import Purchase
from producers.simulator.stores import SHOPS, Shop
from producers.simulator.world import World
from tillwatch.incidents.matching import in_time
from tillwatch.incidents.raised import from_records

__all__ = ["Of", "StoreDropResult", "measure_store_drop", "report_store_drop"]

FALSE_ALARMS_A_DAY = 0.3
OPEN_HOURS = 11.0
LEAST_HOURS = 4.0
"""So long at least a fall lasts until the store closes."""


Of = Literal["store", "region", "chain"]


class FallenPlace(Trouble):
    """Stores sell a share less from a moment until the first of them closes, while their tills are up."""

    def __init__(self, of: Of, shops: Sequence[Shop], day: date, share: float, random: Random) -> None:
        hours = [shop.opening(day) or (0, 86_400) for shop in shops]
        opens, closes = max(day[0] for day in hours), min(day[1] for day in hours)
        begins = random.uniform(opens + 3_600, max(closes - LEAST_HOURS * 3_600, opens + 3_601))
        self.store_ids, self._share = {shop.store_id for shop in shops}, share
        self.usual = 0
        first = shops[0]
        entity = {"store": first.store_id, "region": first.store.region, "chain": "all"}[of]
        self.truth = Incident(
            kind="collapsed_sales",
            title=f"{entity} sells {share:.0%} less",
            store_id=first.store_id if of == "store" else None,
            entity_type="region" if of == "region" else "store",
            entity=entity,
            begins_at=moment(day, begins),
            ends_at=moment(day, closes),
        )

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Leave some of the purchases out; which ones hangs on their ids."""
        here = [one for one in purchases if one.shop.store_id in self.store_ids and self.during(one.at)]
        gone = {one.order for one in here if drawn(one.order) < self._share}
        self.usual = len(here)
        return [one for one in purchases if one.shop.store_id not in self.store_ids or one.order not in gone]


def drawn(order: str) -> float:
    """Give an order its place between 0 and 1, the same each time."""
    return Random(order).random()  # noqa: S311  # reproducible


class DropWorld(World):
    """A retailer of which one place a day falls by a share; nothing else goes wrong."""

    def __init__(self, seed: int, share: float, live_from: datetime, of: Of) -> None:
        super().__init__(seed, first_day=FIRST_DAY, live_from=live_from, incidents="none")
        self._share, self._of = share, of
        self.falls: dict[date, FallenPlace] = {}

    def _troubles_on(self, day: date) -> tuple[Trouble, ...]:
        if day_bounds(day)[0] < self.live_from:
            return ()
        if day not in self.falls:
            random = Random(f"{self.seed}/drop/{day}")  # noqa: S311  # reproducible
            shops = [shop for shop in SHOPS if shop.opening(day) is not None]
            first = random.choice(shops)
            region = [shop for shop in shops if shop.store.region == first.store.region]
            there = {"store": [first], "region": region, "chain": shops}[self._of]
            self.falls[day] = FallenPlace(self._of, there, day, self._share, random)
        return (self.falls[day],)


@dataclass(frozen=True)
class StoreDropResult:
    """Each fall with its delay in minutes (None = not noticed), and its bound; false alerts."""

    share: float
    delays: tuple[float | None, ...]
    bounds: tuple[float, ...]
    hourly: tuple[float, ...]
    false: int


def measure_store_drop(
    days: int, seed: int, share: float, progress: Callable[[datetime], None], *, of: Of = "store"
) -> StoreDropResult:
    """Simulate days with one fall each, after ten without, and look when each was told.

    Where several stores fall, alerts about one of them are as right as one about all, but find nothing.
    """
    live_from = day_bounds(FIRST_DAY + timedelta(days=HISTORY_DAYS))[0]
    until = day_bounds(FIRST_DAY + timedelta(days=HISTORY_DAYS + days))[0]
    world = DropWorld(seed, share, live_from, of)
    chain, _ = simulate(world, until, progress)
    alerts = [
        one
        for one in from_records(chain.alerts.values())
        if one.kind == "sales_fallen" and live_from <= one.noticed_at < until
    ]
    delays: list[float | None] = []
    bounds, hourly, right = [], [], set()
    for fall in (world.falls[day] for day in sorted(world.falls)):
        truth = fall.truth
        mine = [one for one in alerts if one.entity == truth.entity and in_time(one, truth)]
        inside = {truth.entity, *fall.store_ids}
        right |= {one.alert_id for one in alerts if one.entity in inside and in_time(one, truth)}
        delays.append((mine[0].noticed_at - truth.begins_at) / timedelta(minutes=1) if mine else None)
        rate = fall.usual / ((truth.ends_at - truth.begins_at) / timedelta(hours=1))
        hourly.append(rate)
        bounds.append(60 * soonest_hours(rate, share))
    return StoreDropResult(
        share, tuple(delays), tuple(bounds), tuple(hourly), sum(one.alert_id not in right for one in alerts)
    )


def soonest_hours(rate: float, share: float) -> float:
    """Give Lorden's bound for payments at a rate an hour that fall by a share."""
    left = 1 - share
    nats_an_hour = rate * ((left * log(left) if left > 0 else 0.0) - left + 1)
    hours_between = len(SHOPS) * OPEN_HOURS / FALSE_ALARMS_A_DAY
    return log(hours_between) / max(nats_an_hour, 1e-9)


def report_store_drop(result: StoreDropResult) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    found = [delay for delay in result.delays if delay is not None]
    needed = needed_rate(result.share, 10)
    lines = [
        f"{len(found)} of {len(result.delays)} falls by {result.share:.0%} noticed",
        f"payments an hour there, median: {median(result.hourly):.0f}",
        f"median delay of those noticed: {median(found):.0f} min" if found else "none noticed",
        f"no rule is faster than {median(result.bounds):.0f} min (median); 10 min need {needed:,.0f} an hour",
        f"false alerts of the kind: {result.false}",
    ]
    return "\n".join(lines), {
        "found": round(len(found) / len(result.delays), 4),
        "median_delay_minutes": round(median(found), 1) if found else None,
        "bound_minutes": round(median(result.bounds), 1),
        "payments_an_hour": round(median(result.hourly), 1),
        "false": float(result.false),
    }


def needed_rate(share: float, minutes: float) -> float:
    """Give the payments an hour at which the bound is so many minutes."""
    return soonest_hours(1.0, share) * 60 / minutes
