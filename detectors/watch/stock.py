"""Articles that run out before goods come again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from detectors.watch.deliveries import Deliveries, NextDelivery
from detectors.watch.finding import Finding
from detectors.watch.rarity import rarity
from detectors.watch.selling import open_hours, open_hours_a_week, runs_out_at
from detectors.watch.stores import StoreBook
from detectors.watch.unit_prices import UnitPrices
from detectors.watch.wording import count
from schemas.alert import AlertReason, WatchedSeries
from schemas.stock_level import StockLevel

__all__ = ["CoverWatch"]

DETECTOR = "stock-cover/1"

LEAST_SALES = 6
"""Sales in an hour below which nothing is called a run: fewer are chance somewhere in any chain."""

BUSY_FACTOR = 2.0
"""The busiest hour of the busiest day sells about twice the average one."""

RUN_RARITY = 7.0
"""−log10 of the chance of so many sales in an hour: once in ten million, and 40 stores of 60 articles have
10 million hours in a year. On simulator seeds 100 to 109 it gave no false alert."""

HORIZON_SECONDS = 5 * 3_600.0
"""A run is not believed to last longer, nor overnight. Chosen."""

FEW_LEFT = 6
"""With fewer pieces left a run is not over because sales fell: those who come now leave without. Chosen."""

CALM_RARITY = 2.0
CALM_SECONDS = 2 * 3_600.0
"""Without a sale for so long in opening hours, or with usual sales only, a run is over. Chosen."""

HOUR = 3_600.0


@dataclass
class Run:
    """A run on an article. `usual_hour` = pieces an hour before it began."""

    finding: Finding
    usual_hour: float
    level: StockLevel


class CoverWatch:
    """Watches how long each article lasts.

    Levels ebb before every delivery, and deliveries fill them up again; that is no finding. A finding is a
    run: far more sales in an hour than the article ever has, at a pace at which it is gone within hours and
    before goods usually come. It is over with the next receipt that suffices, or when nobody comes any more.

    Parameters
    ----------
    stores
        Names and opening hours. A place that is no store sells at all times.
    prices
        For the money, and to tell a run from a wrong price; none = findings without money.

    Cost: about 1 µs a level, 50 µs where an article sells well. Memory: one entry per run.

    """

    def __init__(self, stores: StoreBook, prices: UnitPrices | None = None) -> None:
        self._stores = stores
        self._prices = UnitPrices() if prices is None else prices
        self._deliveries = Deliveries(stores)
        self._receipts: dict[str, float] = {}
        self._runs: dict[tuple[str, str], Run] = {}
        self._found: list[Finding] = []

    def __len__(self) -> int:
        """Count the runs that last."""
        return len(self._runs)

    def levels(self, levels: Sequence[StockLevel]) -> None:
        """Take in levels of stock."""
        for level in levels:
            self._learn_delivery(level)
            key = (level.place_id, level.sku)
            run = self._runs.get(key)
            if run is not None:
                self._follow(key, run, level)
            elif (level.sales_last_hour or 0) >= LEAST_SALES:
                self._consider(key, level)

    def findings(self, now: float) -> list[Finding]:
        """Give what is new or changed about articles that run out."""
        for key, run in list(self._runs.items()):
            last = run.level.as_of.timestamp()
            if run.level.level >= FEW_LEFT and now - last > CALM_SECONDS:
                quiet = open_hours(self._stores, run.level.place_id, last, now) * HOUR
                if quiet > CALM_SECONDS:
                    self._end(key, run, now, f"nobody has bought it for {quiet / HOUR:.0f} hours")
        found, self._found = self._found, []
        return found

    def _learn_delivery(self, level: StockLevel) -> None:
        if level.last_receipt_at is not None:
            at = level.last_receipt_at.timestamp()
            if at > self._receipts.get(level.place_id, -inf):
                self._receipts[level.place_id] = at
                self._deliveries.take(level.place_id, at)

    def _usual_hour(self, level: StockLevel) -> float:
        """Give the pieces an hour that are usual while the place is open, without those of the last hour."""
        before = max(level.daily_demand - (level.sold_last_hour or 0) / 7, 0.0)
        hours = open_hours_a_week(self._stores, level.place_id, level.as_of.timestamp())
        return before * 7 / hours

    def _consider(self, key: tuple[str, str], level: StockLevel) -> None:
        usual = self._usual_hour(level)
        if rarity(level.sales_last_hour or 0, BUSY_FACTOR * usual + 0.1) < RUN_RARITY:
            return
        now = level.as_of.timestamp()
        delivery = self._deliveries.next_after(level.place_id, now)
        if self._out_at(level) >= min(delivery.at, now + HORIZON_SECONDS):
            return
        if self._prices.is_odd(level.sku):  # a wrong price is a finding of its own, and the run ends with it
            return
        day = f"{self._stores.local(level.place_id, now):%Y-%m-%d}"
        finding = Finding(
            kind="stock_running_out",
            entity_type="sku",
            entity=level.sku,
            window=f"{level.place_id} {day}",
            store_id=level.place_id,
            sentence="",
            since=now,
            last_at=now,
            watched=WatchedSeries(series="units_sold", store_id=level.place_id),
            detector=DETECTOR,
        )
        run = self._runs[key] = Run(finding, usual, level)
        self._tell(run, level, delivery)

    def _follow(self, key: tuple[str, str], run: Run, level: StockLevel) -> None:
        at = level.as_of.timestamp()
        before, run.level = run.level, level
        if level.level > before.level and level.last_receipt_at != before.last_receipt_at:
            delivery = self._deliveries.next_after(level.place_id, at)
            if self._out_at(level) >= min(delivery.at, at + HORIZON_SECONDS):
                self._end(key, run, at, f"goods have come: {count(level.level, 'piece')} there")
                return
        usual_again = (
            rarity(level.sales_last_hour or 0, BUSY_FACTOR * run.usual_hour + 0.1) < CALM_RARITY
            and level.level >= FEW_LEFT
        )
        if usual_again:
            sold = count(level.sold_last_hour or 0, "piece")
            self._end(key, run, at, f"it sells as usual again: {sold} in the last hour, {level.level} left")
        elif level.level != before.level and self._out_at(level) < inf:
            self._tell(run, level, self._deliveries.next_after(level.place_id, at))

    def _out_at(self, level: StockLevel) -> float:
        """Say when nothing is left at the pace of the last hour."""
        at = level.as_of.timestamp()
        if level.level <= 0:
            return at
        pace = level.sold_last_hour or 0
        return inf if pace == 0 else runs_out_at(self._stores, level.place_id, at, level.level / pace)

    def _tell(self, run: Run, level: StockLevel, delivery: NextDelivery) -> None:
        place, at = level.place_id, level.as_of.timestamp()
        pace = level.sold_last_hour or 0
        name = self._stores.name(place)
        out_at = self._out_at(level)
        if level.level <= 0:
            what = f"{level.sku} at {name} has run out: "
        else:
            what = f"{level.sku} at {name} runs out {self._when(place, at, out_at)}: {level.level} left, "
        usual = f"usually {run.usual_hour:.1f}"
        goods = (
            f"next delivery usually {self._day(place, at, delivery.at)}"
            if delivery.usual
            else ("no usual day of delivery known")
        )
        wanted = pace * open_hours(self._stores, place, at, min(delivery.at, at + HORIZON_SECONDS))
        lost = max(round(wanted) - max(level.level, 0), 0)
        price = self._prices.minor(level.sku)
        run.finding = replace(
            run.finding,
            sentence=f"{what}{pace} sold in the last hour ({usual}), {goods}",
            last_at=max(at, run.finding.last_at),
            reasons=self._reasons(run, level, delivery, out_at, lost),
            count=max(level.sales_last_hour or 0, 1),
            money_at_risk_minor=0 if price is None else lost * price,
            per_hour_minor=None if price is None else pace * price,
        )
        self._found.append(run.finding)

    def _reasons(
        self, run: Run, level: StockLevel, delivery: NextDelivery, out_at: float, lost: int
    ) -> tuple[AlertReason, ...]:
        at = level.as_of.timestamp()
        pace = level.sold_last_hour or 0
        until = (delivery.at - at) / HOUR
        lasts = max(out_at - at, 0.0) / HOUR
        return (
            AlertReason(
                text=f"{pace} sold in the last hour, usually {run.usual_hour:.1f}",
                value=float(pace),
                usual=round(run.usual_hour, 2),
                unit="pieces",
                weight=0.6,
            ),
            AlertReason(
                text=f"{level.level} left, enough for {lasts:.1f} h; goods come in {until:.0f} h",
                value=round(lasts, 1),
                usual=round(until, 1),
                unit="hours",
                weight=0.3,
            ),
            AlertReason(
                text=f"{lost} fewer sold until goods come than wanted at this pace",
                value=float(lost),
                usual=0.0,
                unit="pieces",
                weight=0.1,
            ),
        )

    def _end(self, key: tuple[str, str], run: Run, at: float, why: str) -> None:
        del self._runs[key]
        finding = run.finding
        name = self._stores.name(run.level.place_id)
        at = max(at, finding.last_at)
        sentence = f"{finding.entity} at {name}: {why}"
        self._found.append(replace(finding, sentence=sentence, last_at=at, until=at))

    def _when(self, place: str, at: float, then: float) -> str:
        """Write a moment of the next days as people say it."""
        today = self._stores.local(place, at).date() == self._stores.local(place, then).date()
        return f"at about {self._stores.clock(place, then)}" if today else self._day(place, at, then)

    def _day(self, place: str, at: float, then: float) -> str:
        ahead = (self._stores.local(place, then).date() - self._stores.local(place, at).date()).days
        if ahead <= 1:
            return ("today", "tomorrow")[max(ahead, 0)]
        return f"{self._stores.local(place, then):%A}"
