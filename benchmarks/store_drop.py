"""How soon a fall of a given share in one store's sales is noticed, and how soon anybody could.

The question: each day one open store, drawn anew, sells a share less than usual from some moment until it
closes; when is it told as fallen sales? The rules are those of `benchmarks incidents`. The bound is
Lorden's: on average no rule that looks at the store's payments alone and gives at most .3 false alarms a
day over all stores can be faster than ln(hours between false alarms of a store) over the information that
an hour of its payments brings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from random import Random
from statistics import median

from benchmarks.incidents import FIRST_DAY, HISTORY_DAYS, simulate
from producers.cue_sheet import Incident
from producers.simulator.calendar import day_bounds, moment
from producers.simulator.incidents.trouble import Trouble
from producers.simulator.purchases import Purchase
from producers.simulator.stores import SHOPS, Shop
from producers.simulator.world import World
from tillwatch.incidents.matching import in_time
from tillwatch.incidents.raised import from_records

__all__ = ["StoreDropResult", "measure_store_drop", "report_store_drop"]

FALSE_ALARMS_A_DAY = 0.3
OPEN_HOURS = 11.0
LEAST_HOURS = 4.0
"""So long at least a fall lasts until the store closes."""


class FallenStore(Trouble):
    """A store sells a share less from a moment until it closes, while its tills are up."""

    def __init__(self, shop: Shop, day: date, share: float, random: Random) -> None:
        opens, closes = shop.opening(day) or (0, 86_400)
        begins = random.uniform(opens + 3_600, max(closes - LEAST_HOURS * 3_600, opens + 3_601))
        self._shop, self._share = shop, share
        self.usual = 0
        self.truth = Incident(
            kind="collapsed_sales",
            title=f"{shop.store.name} sells {share:.0%} less",
            store_id=shop.store_id,
            entity_type="store",
            entity=shop.store_id,
            begins_at=moment(day, begins),
            ends_at=moment(day, closes),
        )

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Leave some of the purchases out; which ones hangs on their ids."""
        here = [one for one in purchases if one.shop is self._shop and self.during(one.at)]
        gone = {one.order for one in here if drawn(one.order) < self._share}
        self.usual = len(here)
        return [one for one in purchases if one.shop is not self._shop or one.order not in gone]


def drawn(order: str) -> float:
    """Give an order its place between 0 and 1, the same each time."""
    return Random(order).random()  # noqa: S311  # reproducible


class DropWorld(World):
    """A retailer of which one store a day falls by a share; nothing else goes wrong."""

    def __init__(self, seed: int, share: float, live_from: datetime) -> None:
        super().__init__(seed, first_day=FIRST_DAY, live_from=live_from, incidents="none")
        self._share = share
        self.falls: dict[date, FallenStore] = {}

    def _troubles_on(self, day: date) -> tuple[Trouble, ...]:
        if day_bounds(day)[0] < self.live_from:
            return ()
        if day not in self.falls:
            random = Random(f"{self.seed}/drop/{day}")  # noqa: S311  # reproducible
            shop = random.choice([shop for shop in SHOPS if shop.opening(day) is not None])
            self.falls[day] = FallenStore(shop, day, self._share, random)
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
    days: int, seed: int, share: float, progress: Callable[[datetime], None]
) -> StoreDropResult:
    """Simulate days with one fall each, after ten without, and look when each was told."""
    live_from = day_bounds(FIRST_DAY + timedelta(days=HISTORY_DAYS))[0]
    until = day_bounds(FIRST_DAY + timedelta(days=HISTORY_DAYS + days))[0]
    world = DropWorld(seed, share, live_from)
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
        mine = [one for one in alerts if one.store_id == truth.store_id and in_time(one, truth)]
        right |= {one.alert_id for one in mine}
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
        f"payments an hour of these stores, median: {median(result.hourly):.0f}",
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
