"""The day: revenue so far, its comparison, and the totals that the tiles are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from console.language import _
from console.panels.expected import Expected, Usual, range_of
from console.query import Query
from console.trading_day import TradingDay
from console.wording import UNKNOWN, change, money

__all__ = ["BUCKET", "DAY", "DayRow", "Part", "Revenue", "Totals", "revenue", "totals"]

BUCKET = timedelta(minutes=10)
"""One point of the chart: single minutes of a few dozen stores are noise."""

Part = Literal["all", "stores", "store"]
"""What the figures are about: the whole chain, some stores or a channel, one store."""


@dataclass(frozen=True)
class DayRow:
    """Ten minutes of today or of the same weekday last week; cut in two where the finished part ends."""

    period: Literal["today", "last_week"]
    bucket: datetime
    finished: bool
    payments: int
    orders: int
    sales_minor: int
    revenue_minor: int
    declined: int
    refunds: int
    refunded_minor: int
    reviewed: int
    reviewed_minor: int


DAY = Query("day", DayRow)


@dataclass(frozen=True)
class Totals:
    """Sums over finished minutes; minor units of the reporting currency."""

    payments: int = 0
    orders: int = 0
    sales_minor: int = 0
    revenue_minor: int = 0
    declined: int = 0
    refunds: int = 0
    refunded_minor: int = 0
    reviewed: int = 0
    reviewed_minor: int = 0


@dataclass(frozen=True)
class Revenue:
    """The biggest figure of the page."""

    text: str
    amount_minor: int | None
    until: str
    comparison: str
    verdict: str


def totals(rows: Iterable[DayRow], period: Literal["today", "last_week"], start: datetime) -> Totals | None:
    """Add up the finished part of a day; None if the store holds nothing of it."""
    found = [row for row in rows if row.period == period and row.finished and row.bucket >= start]
    if not found:
        return None
    return Totals(**{name: sum(getattr(row, name) for row in found) for name in Totals.__dataclass_fields__})


def revenue(
    sums: tuple[Totals | None, Totals | None], usual: Expected | None, day: TradingDay, currency: str
) -> Revenue:
    """Write today's revenue and compare it with the same weekday last week up to the same minute.

    And with what is usual, where that was learnt.
    """
    today, last_week = sums
    until = f"{day.local(day.until):%H:%M}"
    if today is None:
        return Revenue(UNKNOWN, None, until, _("Nothing known of today up to {until}", until=until), "")
    against = _("last {weekday}", weekday=day.weekday)
    compared = change(
        today.revenue_minor, last_week.revenue_minor if last_week else None, good="up", against=against
    )
    return Revenue(
        money(today.revenue_minor, currency),
        today.revenue_minor,
        until,
        in_words(compared.text, until, usual.until(day.until) if usual else None, today.revenue_minor),
        compared.verdict,
    )


def in_words(text: str, until: str, usual: Usual | None, revenue_minor: int) -> str:
    """Write the comparison and, where it is known, whether the day so far is in its usual range."""
    if usual is None:
        return _("{change} up to {until}", change=text, until=until)
    place = range_of(revenue_minor, usual)
    if place == "inside":
        return _("{change} up to {until}, inside the usual range", change=text, until=until)
    if place == "below":
        return _("{change} up to {until}, below the usual range", change=text, until=until)
    return _("{change} up to {until}, above the usual range", change=text, until=until)
