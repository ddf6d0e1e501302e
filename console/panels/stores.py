"""What each store takes, ten of them by today's revenue, and how many of all are open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from console.language import _
from console.opening import is_open
from console.panels.open_alerts import SIGNS, AlertRow, worst_first
from console.query import Query
from console.trading_day import TradingDay
from console.wording import change, money
from schemas.store import OpeningHours

__all__ = [
    "RANKING",
    "STORES",
    "RankedStore",
    "RankingRow",
    "StoreRow",
    "open_stores",
    "rank_stores",
    "store_address",
    "worst_by_store",
]

SHOWN = 10


@dataclass(frozen=True)
class StoreRow:
    """Master data of a store."""

    store_id: str
    name: str
    channel: str
    region: str
    time_zone: str
    hours_weekday: list[int]
    hours_opens: list[str]
    hours_closes: list[str]

    @cached_property
    def opening_hours(self) -> tuple[OpeningHours, ...]:
        """The opening hours."""
        return tuple(
            OpeningHours(weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in zip(
                self.hours_weekday, self.hours_opens, self.hours_closes, strict=True
            )
        )

    def is_open(self, day: TradingDay) -> bool:
        """Whether it sells now, by its own clock."""
        return is_open(self.opening_hours, ZoneInfo(self.time_zone), day.now)


@dataclass(frozen=True)
class RankingRow:
    """What a store took within the range; None before = it had no payment then. Money in minor units."""

    store: str
    revenue_minor: int
    orders: int
    sales_minor: int
    declined: int
    refunds: int
    reviewed: int
    before_minor: int | None
    before_orders: int | None

    @property
    def traded(self) -> bool:
        """Whether it had any payment within the range."""
        return bool(self.orders or self.declined or self.refunds)


STORES = Query("stores", StoreRow, every_seconds=5)
RANKING = Query("stores/ranking", RankingRow)


@dataclass(frozen=True)
class RankedStore:
    """A row of the list: `bar` is its length beside the first in per cent, `icon` its worst open alert."""

    store_id: str
    rank: int
    name: str
    region: str
    address: str
    opening: str
    text: str
    revenue_minor: int
    icon: str
    word: str
    level: str
    bar: str
    change: str
    verdict: str


def open_stores(stores: Sequence[StoreRow], day: TradingDay) -> tuple[int, int]:
    """Count the stores that are open, and all."""
    return sum(store.is_open(day) for store in stores), len(stores)


def store_address(store_id: str) -> str:
    """Say where a store's own page is."""
    return f"/stores/{quote(store_id, safe='')}"


def worst_by_store(alerts: Sequence[AlertRow]) -> dict[str, AlertRow]:
    """Find the worst open alert of each store."""
    worst: dict[str, AlertRow] = {}
    for one in worst_first(alerts):
        worst.setdefault(one.store_id, one)
    return worst


def rank_stores(
    rows: Iterable[RankingRow],
    stores: Iterable[StoreRow],
    alerts: Sequence[AlertRow],
    *,
    day: TradingDay,
    currency: str,
) -> tuple[RankedStore, ...]:
    """Rank those that had a payment by revenue, largest first."""
    known = {store.store_id: store for store in stores}
    first = sorted((row for row in rows if row.traded), key=lambda row: (-row.revenue_minor, row.store))[
        :SHOWN
    ]
    worst = worst_by_store(alerts)
    largest = max((row.revenue_minor for row in first), default=0)
    ranked = []
    for rank, row in enumerate(first, 1):
        store = known.get(row.store)
        compared = change(row.revenue_minor, row.before_minor, good="up")
        alert = worst.get(row.store)
        sign = SIGNS[alert.level] if alert else None
        ranked.append(
            RankedStore(
                store_id=row.store,
                rank=rank,
                name=store.name if store else row.store,
                region=store.region if store else "",
                address=f"/?{urlencode({'store': row.store})}",
                opening="" if store is None else "open" if store.is_open(day) else "closed",
                text=money(row.revenue_minor, currency),
                revenue_minor=row.revenue_minor,
                icon=sign.icon if sign else "",
                word=_(sign.word) if sign else "",
                level=alert.level if alert else "",
                bar=f"{100 * max(0.0, row.revenue_minor / largest) if largest > 0 else 0.0:.1f}%",
                change=compared.text,
                verdict=compared.verdict,
            )
        )
    return tuple(ranked)
