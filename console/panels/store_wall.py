"""The store wall: one square per store, by region; what is wrong has its shape, what is closed is hollow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from console.language import N_, _
from console.panels.open_alerts import SIGNS, AlertLevel, AlertRow, headline
from console.panels.stores import RankingRow, StoreRow, store_address, worst_by_store
from console.trading_day import TradingDay
from console.wording import change, money

__all__ = ["Square", "SquareLevel", "StoreGroup", "store_wall"]

SquareLevel = Literal["", "closed"] | AlertLevel

TALLIES: dict[SquareLevel, str] = {
    "now": N_("{number} to act on"),
    "silent": N_("{number} silent"),
    "soon": N_("{number} to look at"),
    "": N_("{number} in range"),
    "closed": N_("{number} closed"),
}
"""Worst first. A store that is closed is no alarm, whatever is open about it: the rail has that."""


@dataclass(frozen=True)
class Square:
    """One store. `level` is that of its worst open alert, empty = in range; `says` it all in a sentence."""

    store_id: str
    address: str
    level: SquareLevel
    icon: str
    says: str


@dataclass(frozen=True)
class StoreGroup:
    """The stores of a region by name, so that each keeps its place, and how many of them are how."""

    region: str
    label: str
    says: str
    squares: tuple[Square, ...]


def store_wall(
    rows: Iterable[RankingRow] | None,
    stores: Sequence[StoreRow],
    alerts: Sequence[AlertRow],
    *,
    day: TradingDay,
    currency: str,
) -> tuple[StoreGroup, ...]:
    """Draw each store that is known; `rows` are None before the store was asked what they sold."""
    figures = None if rows is None else {row.store: row for row in rows}
    worst = worst_by_store(alerts)
    by_region: dict[str, list[Square]] = {}
    for store in sorted(stores, key=lambda store: (store.region, store.name, store.store_id)):
        drawn = square(store, figures, worst.get(store.store_id), day=day, currency=currency)
        by_region.setdefault(store.region, []).append(drawn)
    return tuple(
        StoreGroup(region, region.capitalize(), tally(squares), tuple(squares))
        for region, squares in by_region.items()
    )


def square(
    store: StoreRow,
    figures: Mapping[str, RankingRow] | None,
    alert: AlertRow | None,
    *,
    day: TradingDay,
    currency: str,
) -> Square:
    """Draw one store."""
    level: SquareLevel = "closed" if not store.is_open(day) else alert.level if alert else ""
    sold = sold_text(
        None if figures is None else figures.get(store.store_id), day, currency, known=figures is not None
    )
    said = {"store": store.name, "sold": sold, "headline": headline(alert) if alert else ""}
    if alert is None and level:
        says = _("{store} is closed by its opening hours: {sold}", **said)
    elif alert is None:
        says = _("{store} is in range: {sold}", **said)
    elif level == "closed":
        says = _("{store} is closed by its opening hours; open about it: {headline}; {sold}", **said)
    else:
        says = _("{store}, {word}: {headline}; {sold}", word=_(SIGNS[alert.level].word).lower(), **said)
    icon = SIGNS[alert.level].icon if alert and level != "closed" else ""
    return Square(store.store_id, store_address(store.store_id), level, icon, says)


def sold_text(row: RankingRow | None, day: TradingDay, currency: str, *, known: bool) -> str:
    """Write what a store sold; one that is not among those that sold anything sold nothing."""
    minor = row.revenue_minor if row else 0 if known else None
    before = row.before_minor if row else None
    until = f"{day.local(day.until):%H:%M}"
    compared = change(minor, before, good="up", against=_("last {weekday}", weekday=day.weekday))
    sold = _("{revenue} up to {until}", revenue=money(minor, currency), until=until)
    return f"{sold}, {compared.text}" if compared.text else sold


def tally(squares: Sequence[Square]) -> str:
    """Count the squares of each level, the worst first."""
    numbers = {level: sum(square.level == level for square in squares) for level in TALLIES}
    return ", ".join(_(TALLIES[level], number=number) for level, number in numbers.items() if number)
