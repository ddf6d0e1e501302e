"""Ten stores by today's revenue, and how many of all are open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from console.language import _
from console.opening import is_open
from console.panels.open_alerts import SIGNS, AlertRow, worst_first
from console.query import Query
from console.trading_day import TradingDay
from console.wording import change, money
from schemas.store import OpeningHours

__all__ = [
    "STORES",
    "STORE_REVENUE",
    "RankedStore",
    "StoreRevenueRow",
    "StoreRow",
    "open_stores",
    "rank_stores",
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
class StoreRevenueRow:
    """Revenue of a store today and on the same weekday last week, both up to the same minute."""

    store_id: str
    revenue_minor: int
    last_week_minor: int | None


STORES = Query("stores", StoreRow, every_seconds=5)
STORE_REVENUE = Query("store_revenue", StoreRevenueRow)


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


def rank_stores(
    revenues: Iterable[StoreRevenueRow],
    stores: Iterable[StoreRow],
    alerts: Sequence[AlertRow],
    *,
    day: TradingDay,
    currency: str,
) -> tuple[RankedStore, ...]:
    """Rank by revenue, largest first."""
    known = {store.store_id: store for store in stores}
    first = sorted(revenues, key=lambda row: (-row.revenue_minor, row.store_id))[:SHOWN]
    worst: dict[str, AlertRow] = {}
    for open_alert in worst_first(alerts):
        worst.setdefault(open_alert.store_id, open_alert)
    largest = max((row.revenue_minor for row in first), default=0)
    ranked = []
    for rank, row in enumerate(first, 1):
        store = known.get(row.store_id)
        compared = change(row.revenue_minor, row.last_week_minor, good="up")
        alert = worst.get(row.store_id)
        sign = SIGNS[alert.level] if alert else None
        ranked.append(
            RankedStore(
                store_id=row.store_id,
                rank=rank,
                name=store.name if store else row.store_id,
                region=store.region if store else "",
                address=f"/?{urlencode({'store': row.store_id})}",
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
