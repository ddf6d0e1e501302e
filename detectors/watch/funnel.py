"""Is the way to paying broken? Clicks on pay that no payment answers, and errors shown."""

from collections.abc import Sequence
from math import inf

from detectors.series.table import watched_by
from detectors.watch.checkout import Checkout, MinuteOfPaying
from detectors.watch.completeness import Completeness
from detectors.watch.finding import Finding
from detectors.watch.minute_book import MinuteBook
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, duration, money, share
from schemas.alert import AlertReason, WatchedSeries
from schemas.metric_partial import MetricPartial

__all__ = ["FunnelWatch"]

DETECTOR = "checkout-cusum/1"
READS = frozenset(watched_by("checkout"))
MINUTE_SECONDS = 60

LOOK_SECONDS = 15.0
SETTLING_SECONDS = 30.0
"""Event time between two looks, and that a minute waits after everything before its end is here."""

NEWS_SECONDS = 24 * 3_600.0
"""What ended longer ago is history: it is learnt from, or left out, and not told."""

KEPT_SECONDS = 50 * 3_600.0

HISTORY_SECONDS = 36 * 86_400.0
"""What is older is not learnt from: an event of a clock a year behind would begin a year of nothing."""


class FunnelWatch:
    """Finds checkouts that fail, shop by shop, from each finished minute.

    Parameters
    ----------
    stores
        Names and time zones.
    sources
        How far everything has arrived.

    Cost: less than a microsecond where no minute can have ended, else 10 µs a minute and shop.

    """

    def __init__(self, stores: StoreBook, sources: Completeness) -> None:
        self._stores = stores
        self._sources = sources
        self._book = MinuteBook()
        self._checkouts: dict[str, Checkout] = {}
        self._next: dict[str, int] = {}
        self._look_at = self._forget_at = -inf

    def partials(self, partials: Sequence[MetricPartial]) -> None:
        """Take in figures of minutes; nobody clicks at a till."""
        self._book.take([one for one in partials if one.series in READS and one.channel != "pos"])

    def is_broken(self, store_id: str) -> bool:
        """Say whether a store's checkout is known to be broken at this moment."""
        checkout = self._checkouts.get(store_id)
        return checkout is not None and checkout.open and checkout.until is None

    def findings(self, now: float) -> list[Finding]:
        """Judge the minutes that have been finished by now; give findings that are new or changed."""
        if now < self._look_at or now == -inf:
            return []
        self._look_at = now + LOOK_SECONDS
        found = []
        for store_id in self._book.stores("pays"):
            found += self._judge(store_id, now)
        if now >= self._forget_at:
            self._book.forget(now - KEPT_SECONDS)
            self._forget_at = now + 3_600
        return found

    def _judge(self, store_id: str, now: float) -> list[Finding]:
        until = min(self._sources.complete_until(store_id), now)
        if until == -inf:
            return []
        begin = self._next.get(store_id)
        if begin is None:
            begin = int(max(self._book.first_minute, now - HISTORY_SECONDS))
            self._checkouts[store_id] = Checkout(begin)
        end = max(begin, int((until - SETTLING_SECONDS) // MINUTE_SECONDS) * MINUTE_SECONDS)
        self._next[store_id] = end
        checkout = self._checkouts[store_id]
        told: dict[str, Finding] = {}
        for minute in range(begin, end, MINUTE_SECONDS):
            if checkout.minute(minute, self._read(store_id, minute)):
                one = self._finding(store_id, checkout)
                told[one.window] = one
        return [one for one in told.values() if one.last_at > now - NEWS_SECONDS]

    def _read(self, store_id: str, minute: int) -> MinuteOfPaying:
        pays, errors, orders, declined = (
            self._book.sums(series, store_id, minute, minute + MINUTE_SECONDS)
            for series in ("pays", "errors", "orders", "declined")
        )
        return MinuteOfPaying(
            pays=pays.events,
            answered=orders.events + declined.events,
            errors=errors.events,
            money=orders.total,
            orders=orders.events,
        )

    def _finding(self, store_id: str, checkout: Checkout) -> Finding:
        run = checkout.run
        lasted = max(60.0, run.last_at - run.since)
        usual = run.pays * checkout.usual_share
        lost = max(0.0, usual - run.answered) * checkout.order_value
        complete = self._sources.completeness(store_id)
        paid = f"{count(run.answered, 'payment')} for {count(run.pays, 'click')} on pay"
        shown = f"{count(run.errors, 'error')} shown"
        usual_errors = checkout.usual_errors * run.minutes
        failed, unexpected = run.pays - run.answered, max(0.0, run.errors - usual_errors)
        weight = failed / max(1.0, failed + 0.5 * unexpected)
        clock = self._stores.clock(store_id, run.since)
        sentence = (
            f"{self._stores.name(store_id)} checkout failing since {clock}: "
            f"{paid} in {duration(lasted)}, usually {usual:.0f}; {shown}, usually {few(usual_errors)}"
        )
        if complete is not None:
            sentence += f"; data {share(complete)} complete"
        return Finding(
            kind="checkout_broken",
            entity_type="store",
            entity=store_id,
            window=f"{run.since:.0f}",
            store_id=store_id,
            sentence=f"{sentence}.",
            since=run.since,
            last_at=run.last_at,
            until=checkout.until,
            reasons=(
                AlertReason(
                    text=f"{paid}, usually {share(checkout.usual_share)} of clicks are answered",
                    value=run.answered, usual=round(usual, 1), unit="payments",
                    weight=round(0.9 * weight, 3),
                ),
                AlertReason(
                    text=f"{shown} in {duration(lasted)}, usually {few(usual_errors)}",
                    value=run.errors, usual=round(usual_errors, 2), unit="errors",
                    weight=round(0.9 * (1 - weight), 3),
                ),
                AlertReason(
                    text=f"{money(lost)} not taken since {clock}",
                    value=lost / 100, usual=0.0, unit="EUR", weight=0.1,
                ),
            ),
            count=max(1, failed),
            money_at_risk_minor=round(lost),
            per_hour_minor=round(lost * 3_600 / lasted),
            completeness=complete,
            watched=WatchedSeries(series="revenue", store_id=store_id),
            detector=DETECTOR,
        )  # fmt: skip


def few(number: float) -> str:
    """Write a usual number of what is rare."""
    return f"{number:.0f}" if number >= 0.95 else "none"
