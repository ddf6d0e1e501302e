"""The day: revenue so far, its comparison, its chart, and the totals that the tiles are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from console.opening import opening_and_closing
from console.panels.stores import StoreRow
from console.query import Query
from console.trading_day import TradingDay
from console.wording import UNKNOWN, change, money, symbol
from streams.reporting_currency import minor_digits

__all__ = ["BUCKET", "DAY", "Day", "DayRow", "Revenue", "Totals", "day_chart", "revenue", "totals"]

BUCKET = timedelta(minutes=10)
"""One point of the chart: single minutes of a few dozen stores are noise."""


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


@dataclass(frozen=True)
class Day:
    """The chart: seconds since 1970 of each point, revenue a minute in whole units, None = unknown.

    `unfinished` holds the last finished point and the one that is still being counted: the mean of those
    of its minutes that are finished.
    """

    times: tuple[int, ...]
    actual: tuple[float | None, ...]
    unfinished: tuple[float | None, ...]
    last_week: tuple[float | None, ...]
    missing: tuple[tuple[int, int], ...]
    opens: int
    closes: int
    zone: str
    weekday: str
    symbol: str


def totals(rows: Iterable[DayRow], period: Literal["today", "last_week"], start: datetime) -> Totals | None:
    """Add up the finished part of a day; None if the store holds nothing of it."""
    found = [row for row in rows if row.period == period and row.finished and row.bucket >= start]
    if not found:
        return None
    return Totals(**{name: sum(getattr(row, name) for row in found) for name in Totals.__dataclass_fields__})


def revenue(today: Totals | None, last_week: Totals | None, day: TradingDay, currency: str) -> Revenue:
    """Write today's revenue and compare it with the same weekday last week up to the same minute."""
    until = f"{day.local(day.until):%H:%M}"
    if today is None:
        return Revenue(UNKNOWN, None, until, f"Nothing known of today up to {until}", "")
    against = f"last {day.weekday}"
    compared = change(
        today.revenue_minor, last_week.revenue_minor if last_week else None, good="up", against=against
    )
    return Revenue(
        money(today.revenue_minor, currency),
        today.revenue_minor,
        until,
        f"{compared.text} up to {until}",
        compared.verdict,
    )


def day_chart(rows: Sequence[DayRow], stores: Iterable[StoreRow], day: TradingDay, currency: str) -> Day:
    """Lay both days over each other, from the first opening to the last closing."""
    opens, closes = chart_range(stores, day)
    bucket_seconds = int(BUCKET.total_seconds())
    times = tuple(range(int(opens.timestamp()), int(closes.timestamp()) + 1, bucket_seconds))
    until = int(day.until.timestamp())
    actual: dict[int, int] = {}
    counting = 0
    open_bucket = until - until % bucket_seconds
    for row in rows:
        if row.period == "today" and row.finished:
            moment = int(row.bucket.timestamp())
            if moment == open_bucket:
                counting += row.revenue_minor
            else:
                actual[moment] = actual.get(moment, 0) + row.revenue_minor
    shift = int((day.start - day.week_start).total_seconds())
    before: dict[int, int] = {}
    for row in rows:
        if row.period == "last_week":
            moment = int(row.bucket.timestamp()) + shift
            before[moment] = before.get(moment, 0) + row.revenue_minor
    last_finished = max((moment for moment in actual), default=None)
    units = 10 ** minor_digits(currency)
    minutes_open = (until - open_bucket) / 60

    def unfinished(moment: int) -> float | None:
        if moment == last_finished:
            return per_minute(actual.get(moment), bucket_seconds / 60, units)
        if moment == open_bucket and last_finished is not None and minutes_open:
            return per_minute(counting, minutes_open, units)
        return None

    return Day(
        times=times,
        actual=tuple(per_minute(actual.get(moment), bucket_seconds / 60, units) for moment in times),
        unfinished=tuple(unfinished(moment) for moment in times),
        last_week=tuple(per_minute(before.get(moment), bucket_seconds / 60, units) for moment in times),
        missing=missing_ranges(times, actual, until, bucket_seconds),
        opens=times[0],
        closes=times[-1],
        zone=day.zone.key,
        weekday=day.weekday,
        symbol=symbol(currency),
    )


def chart_range(stores: Iterable[StoreRow], day: TradingDay) -> tuple[datetime, datetime]:
    """Find opening and closing of the shops, half an hour wider; the whole day if there are none."""
    hours = [entry for store in stores if store.channel == "pos" for entry in store.opening_hours]
    found = opening_and_closing(hours, day.date.weekday())
    if found is None:
        return day.start, day.end
    margin = timedelta(minutes=30)
    return max(day.start, day.start + found[0] - margin), min(day.end, day.start + found[1] + margin)


def missing_ranges(
    times: Sequence[int], known: dict[int, int], until: int, bucket_seconds: int
) -> tuple[tuple[int, int], ...]:
    """Find the stretches of the chart, up to now, of which nothing at all has come."""
    ranges: list[tuple[int, int]] = []
    for moment in times:
        if moment in known or moment + bucket_seconds > until:
            continue
        if ranges and ranges[-1][1] == moment:
            ranges[-1] = (ranges[-1][0], moment + bucket_seconds)
        else:
            ranges.append((moment, moment + bucket_seconds))
    return tuple(ranges)


def per_minute(minor: int | None, minutes: float, units: int) -> float | None:
    """Turn a bucket's sum into whole units of the currency a minute."""
    return None if minor is None else round(minor / units / minutes, 2)
