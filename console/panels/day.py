"""The day: revenue so far, its comparison, its chart, and the totals that the tiles are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from console.opening import opening_and_closing
from console.panels.expected import Expected, Usual, range_of
from console.panels.open_alerts import SIGNS, AlertLevel, AlertRow, headline
from console.panels.stores import StoreRow
from console.query import Query
from console.trading_day import TradingDay
from console.wording import UNKNOWN, change, money, symbol
from streams.reporting_currency import minor_digits

__all__ = ["BUCKET", "DAY", "Day", "DayRow", "Flag", "Revenue", "Totals", "day_chart", "revenue", "totals"]

BUCKET = timedelta(minutes=10)
"""One point of the chart: single minutes of a few dozen stores are noise."""

MAX_FLAGS = 30


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
class Flag:
    """An alert on the time axis, at the second since 1970 at which it began."""

    at: int
    address: str
    level: AlertLevel
    icon: str
    text: str


@dataclass(frozen=True)
class Day:
    """The chart: seconds since 1970 of each point, revenue a minute in whole units, None = unknown.

    `low`, `high` and `forecast` are what is usual; the forecast begins where the finished part ends.
    `missing` are stretches of which nothing came, `silent` those in which some source was silent.
    `unfinished` holds the last finished point and the one that is still being counted: the mean of those
    of its minutes that are finished.
    """

    times: tuple[int, ...]
    actual: tuple[float | None, ...]
    unfinished: tuple[float | None, ...]
    last_week: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    forecast: tuple[float | None, ...]
    missing: tuple[tuple[int, int], ...]
    silent: tuple[tuple[int, int], ...]
    flags: tuple[Flag, ...]
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


def revenue(
    sums: tuple[Totals | None, Totals | None],
    rows: Sequence[DayRow],
    usual: Expected | None,
    day: TradingDay,
    currency: str,
) -> Revenue:
    """Write today's revenue and compare it with the same weekday last week up to the same minute.

    And with what is usual, where that was learnt, up to the last finished slot.
    """
    today, last_week = sums
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
        f"{compared.text} up to {until}{usual_range(rows, usual, day)}",
        compared.verdict,
    )


def usual_range(rows: Sequence[DayRow], usual: Expected | None, day: TradingDay) -> str:
    """Say whether the day so far is in its usual range; empty where none is known or no slot has ended."""
    if usual is None:
        return ""
    end = usual.finished(day.until, int(BUCKET.total_seconds() // 60))
    band = usual.until(end)
    if band is None:
        return ""
    sold = sum(
        row.revenue_minor
        for row in rows
        if row.period == "today" and row.finished and usual.row.begins_at <= row.bucket < end
    )
    return f", {range_of(sold, band)} the usual range"


def day_chart(
    rows: Sequence[DayRow],
    usual: Expected | None,
    alerts: Sequence[AlertRow],
    stores: Sequence[StoreRow],
    *,
    day: TradingDay,
    currency: str,
) -> Day:
    """Lay both days and what is usual over each other, from the first opening to the last closing."""
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

    bands = tuple(usual_per_minute(usual, moment + bucket_seconds // 2, units) for moment in times)
    opened, closed = times[0], times[-1]
    return Day(
        times=times,
        actual=tuple(per_minute(actual.get(moment), bucket_seconds / 60, units) for moment in times),
        unfinished=tuple(unfinished(moment) for moment in times),
        last_week=tuple(per_minute(before.get(moment), bucket_seconds / 60, units) for moment in times),
        low=tuple(None if band is None else round(band.low, 2) for band in bands),
        high=tuple(None if band is None else round(band.high, 2) for band in bands),
        forecast=tuple(
            None if band is None or moment < open_bucket else round(band.expected, 2)
            for moment, band in zip(times, bands, strict=True)
        ),
        missing=missing_ranges(times, actual, until, bucket_seconds),
        silent=silent_ranges(alerts, opened, int(day.now.timestamp())),
        flags=flags(alerts, opened, closed),
        opens=opened,
        closes=closed,
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


def silent_ranges(alerts: Iterable[AlertRow], opened: int, now: int) -> tuple[tuple[int, int], ...]:
    """Join the times in which a source was silent, from the beginning of the chart on."""
    found = sorted(
        (max(opened, int(row.since.timestamp())), int(row.ended_at.timestamp()) if row.ended_at else now)
        for row in alerts
        if row.kind == "source_silent"
    )
    ranges: list[tuple[int, int]] = []
    for begin, end in found:
        if end <= begin:
            continue
        if ranges and begin <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((begin, end))
    return tuple(ranges)


def flags(alerts: Iterable[AlertRow], opened: int, closed: int) -> tuple[Flag, ...]:
    """Mark the alerts of the day, the latest of them; single suspicious payments would hide all others."""
    found = [
        Flag(int(row.since.timestamp()), row.address, row.level, SIGNS[row.level].icon, headline(row))
        for row in alerts
        if row.kind != "payment_fraud" and opened <= row.since.timestamp() <= closed
    ]
    return tuple(sorted(found, key=lambda flag: flag.at)[-MAX_FLAGS:])


def usual_per_minute(usual: Expected | None, middle: int, units: int) -> Usual | None:
    """Give what is usual around a moment in whole units of the currency a minute."""
    found = usual.per_minute(datetime.fromtimestamp(middle, UTC)) if usual is not None else None
    return None if found is None else Usual(*(end / units for end in found))


def per_minute(minor: int | None, minutes: float, units: int) -> float | None:
    """Turn a bucket's sum into whole units of the currency a minute."""
    return None if minor is None else round(minor / units / minutes, 2)
