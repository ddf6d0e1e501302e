"""Articles that sell at a price that cannot be meant."""

import heapq
from collections import deque
from collections.abc import Iterable
from itertools import count as counting
from typing import NamedTuple

from detectors.watch.finding import Finding
from detectors.watch.paid import Paid
from detectors.watch.payment_words import place_name
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, money
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.alert import AlertReason
from schemas.score import ScoredPayment

__all__ = ["KEPT_SALES", "LatestPrices", "PriceWatch"]

FACTOR = 4.0
"""Promotions take off up to three quarters; a slip of the decimal point is a factor of ten. Chosen."""

SALES = 2
"""One sale at an odd price may be a cashier's slip."""

PIECES = 6
"""Unless somebody takes so many at once: more than a customer's usual one to three. Chosen, not tuned."""

KEPT_SALES = 21
"""Prices of an article's last sales, whose median is its usual one."""

FEWEST_SALES = 5
"""Before it is known what an article usually costs."""

BELIEVED_SECONDS = 7 * DAY_SECONDS
"""A price that was never corrected for so long is meant; what it was before is forgotten. Chosen."""

KEPT_SECONDS = 60 * DAY_SECONDS

SALES_SHOWN = 50
"""Of which price and stores are named."""


class Sale(NamedTuple):
    """Pieces of one article sold at an odd price."""

    seconds: float
    price: float
    pieces: int
    store: str


class Glitch:
    """One article that sells at an odd price, in the stores or online."""

    def __init__(self, sku: str, window: str, usual: float, first: Sale) -> None:
        self.sku = sku
        self.window = window
        self.usual = usual
        self.sales: deque[Sale] = deque(maxlen=SALES_SHOWN)
        self.count = 0
        self.pieces = 0
        self.lost = 0.0
        self.since = first.seconds
        self.last = first.seconds
        self.back_at: float | None = None
        self.add(first)

    @property
    def certain(self) -> bool:
        """Whether this is more than a slip."""
        return self.count >= SALES or self.pieces >= PIECES

    def add(self, sale: Sale) -> None:
        """Count a sale."""
        self.sales.append(sale)
        self.count += 1
        self.pieces += sale.pieces
        self.lost += abs(self.usual - sale.price) * sale.pieces
        self.since, self.last = min(self.since, sale.seconds), max(self.last, sale.seconds)
        if self.back_at is not None and sale.seconds > self.back_at:
            self.back_at = None

    def finding(self, stores: StoreBook) -> Finding:
        """Give it as it stands."""
        price = sorted(sale.price for sale in self.sales)[len(self.sales) // 2]
        places = sorted({sale.store for sale in self.sales})
        where = " and ".join(stores.name(place) for place in places) if len(places) < 3 else None
        where = where or place_name([stores.name(place) for place in places])
        clock = stores.clock(places[0], self.since)
        cheap = price < self.usual
        lost = "lost" if cheap else "charged too much"
        ended = "" if self.back_at is None else f" Right again since {stores.clock(places[0], self.back_at)}."
        return Finding(
            kind="price_glitch",
            entity_type="sku",
            entity=self.sku,
            window=self.window,
            store_id=places[0] if len(places) == 1 else None,
            sentence=f"{self.sku} sells at {money(price)} instead of {money(self.usual)} since {clock}: "
            f"{count(self.pieces, 'piece')}, {money(self.lost)} {lost}; {where}.{ended}",
            since=self.since,
            last_at=self.last,
            until=self.back_at,
            reasons=(
                AlertReason(
                    text=f"{money(price)} a piece, usually {money(self.usual)}",
                    value=price / 100,
                    usual=self.usual / 100,
                    unit="EUR",
                    weight=0.6,
                ),
                AlertReason(
                    text=f"{count(self.count, 'sale')} at this price, usually none",
                    value=self.count,
                    usual=0,
                    unit="sales",
                    weight=0.2,
                ),
                AlertReason(
                    text=f"{count(self.pieces, 'piece')} in {count(len(places), 'store')}, "
                    f"{money(self.lost)} {lost}",
                    value=self.lost / 100,
                    usual=0,
                    unit="EUR",
                    weight=0.2,
                ),
            ),
            count=self.count,
            money_at_risk_minor=round(self.lost),
            per_hour_minor=round(self.lost * 3_600 / max(3_600.0, self.last - self.since)),
            detector="price-glitch/1",
        )


class LatestPrices:
    """The prices of an article's last sales, and the one in their middle.

    Most articles sell at one price, and what comes is what the oldest sale brought: then the middle stays.
    Cost: .1 µs a sale, 1 µs where prices vary.
    """

    __slots__ = ("_median", "_oldest", "_prices")

    def __init__(self) -> None:
        self._prices: list[float] = []
        self._oldest = 0
        self._median: float | None = None

    def __len__(self) -> int:
        """Count the prices."""
        return len(self._prices)

    @property
    def median(self) -> float:
        """The middle one."""
        if self._median is None:
            self._median = sorted(self._prices)[len(self._prices) // 2]
        return self._median

    def add(self, price: float) -> None:
        """Take in a price; the oldest of too many is forgotten."""
        if len(self._prices) < KEPT_SALES:
            self._prices.append(price)
            if price != self._median:
                self._median = None
            return
        if price != self._prices[self._oldest]:
            self._prices[self._oldest] = price
            self._median = None
        self._oldest = (self._oldest + 1) % KEPT_SALES


class PriceWatch:
    """Compares the price of each piece sold with the median of the article's last sales.

    Stores and online (web and app) may have prices of their own. Odd prices are no part of what is usual. A
    glitch ends with the next sale at the usual price, or when nobody corrected it for a week.

    Cost: 2 µs a payment. Memory: 21 prices an article and side that sold within 60 to 120 days.

    Parameters
    ----------
    stores
        Names and time zones.

    """

    def __init__(self, stores: StoreBook) -> None:
        self._stores = stores
        self._watermark = Watermark()
        self._usual: dict[tuple[str, bool], LatestPrices] = {}
        self._aging: dict[tuple[str, bool], LatestPrices] = {}
        self._rotate_at = 0.0
        self._open: dict[tuple[str, bool], Glitch] = {}
        self._changed: dict[Glitch, None] = {}
        self._due: list[tuple[float, int, tuple[str, bool], Glitch]] = []
        self._tie = counting()

    def __len__(self) -> int:
        """Count the articles and odd sales remembered."""
        sales = sum(len(glitch.sales) for glitch in self._open.values())
        return len(self._usual) + len(self._aging) + len(self._due) + sales

    def paid(self, payments: Iterable[tuple[Paid, ScoredPayment]]) -> None:
        """Take in scored payments, each with what was paid; what is declined has no say."""
        for one, payment in payments:
            watermark = self._watermark.advance(one.seconds)
            if payment.status == "authorised" and payment.lines and one.amount is not None:
                if watermark >= self._rotate_at:
                    self._aging, self._usual = self._usual, {}
                    self._rotate_at = watermark + KEPT_SECONDS
                self._sold(one, payment)

    def findings(self, now: float) -> list[Finding]:
        """Give the findings that are new or have changed since the last call; `now` in seconds since 1970."""
        now = max(now, self._watermark.seconds)
        while self._due and self._due[0][0] < now:
            _, _, place, glitch = heapq.heappop(self._due)
            if self._open.get(place) is not glitch:
                continue
            if now > glitch.last + BELIEVED_SECONDS:
                self._believe(place, glitch)
            else:
                self._look_after(place, glitch)
        changed, self._changed = self._changed, {}
        return [glitch.finding(self._stores) for glitch in changed if glitch.certain]

    def _sold(self, one: Paid, payment: ScoredPayment) -> None:
        seconds, reporting, amount = one.seconds, one.amount, payment.amount_minor
        rate = 1.0 if reporting == amount or not amount or reporting is None else reporting / amount
        online = payment.channel != "pos"
        for line in payment.lines:
            quantity, price = line.quantity, line.unit_price_minor * rate
            if quantity <= 0 or price <= 0:
                continue
            place = (line.sku, online)
            prices = self._usual.get(place)
            if prices is None:
                prices = self._aging.pop(place) if place in self._aging else LatestPrices()
                self._usual[place] = prices
            usual = prices.median if len(prices) >= FEWEST_SALES else None
            if usual is None or usual / FACTOR < price < usual * FACTOR:
                prices.add(price)
                glitch = self._open.get(place) if self._open else None
                if glitch is not None and glitch.back_at is None and seconds > glitch.last:
                    glitch.back_at = seconds
                    self._changed[glitch] = None
                continue
            self._odd(place, usual, Sale(seconds, price, quantity, one.store))

    def _odd(self, place: tuple[str, bool], usual: float, sale: Sale) -> None:
        glitch = self._open.get(place)
        day = f"{self._stores.local(sale.store, sale.seconds):%Y-%m-%d}"
        window = f"{day} {'online' if place[1] else 'stores'}"
        over = glitch is not None and glitch.back_at is not None and sale.seconds > glitch.back_at
        # wrong in the app and right in the web shop is one glitch; a slip last week and one today are two
        if glitch is None or (over and not (glitch.certain and glitch.window == window)):
            glitch = self._open[place] = Glitch(place[0], window, usual, sale)
            self._look_after(place, glitch)
        else:
            glitch.add(sale)
        self._changed[glitch] = None

    def _look_after(self, place: tuple[str, bool], glitch: Glitch) -> None:
        """Come back to a glitch when nobody may have corrected it for too long."""
        heapq.heappush(self._due, (glitch.last + BELIEVED_SECONDS, next(self._tie), place, glitch))

    def _believe(self, place: tuple[str, bool], glitch: Glitch) -> None:
        """Stop watching a price that nobody corrected, or that was corrected long ago."""
        del self._open[place]
        if glitch.back_at is None:
            glitch.back_at = glitch.last + BELIEVED_SECONDS
            self._usual.pop(place, None)
            self._changed[glitch] = None
