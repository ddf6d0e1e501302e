"""The day as a chart: today, last week and what is usual on one axis, with flags where something began."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from console.chart_drawing import Drawing, draw, in_figures
from console.language import _
from console.opening import opening_and_closing
from console.panels.context import ContextRow, Happening, happenings
from console.panels.day import BUCKET, DayRow, Part
from console.panels.expected import Expected, Usual
from console.panels.open_alerts import SIGNS, AlertLevel, AlertRow, headline
from console.panels.stores import StoreRow
from console.trading_day import TradingDay
from console.wording import symbol
from streams.reporting_currency import minor_digits

__all__ = ["Day", "Flag", "day_chart"]

STEP = int(BUCKET.total_seconds())
MAX_FLAGS = 30

Range = tuple[int, int]
Points = tuple[float | None, ...]


@dataclass(frozen=True)
class Flag:
    """An alert on the time axis, at the second since 1970 at which it began."""

    at: int
    address: str
    level: AlertLevel | Literal["ended"]
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
    actual: Points
    unfinished: Points
    last_week: Points
    low: Points
    high: Points
    forecast: Points
    missing: tuple[Range, ...]
    silent: tuple[Range, ...]
    flags: tuple[Flag, ...]
    told: tuple[Happening, ...]
    opens: int
    closes: int
    zone: str
    weekday: str
    before: str
    symbol: str

    @property
    def drawing(self) -> Drawing:
        """The chart as the page brings it."""
        lines = (
            ("before", self.last_week), ("forecast", self.forecast),
            ("actual", self.actual), ("unfinished", self.unfinished),
        )  # fmt: skip
        figures = partial(in_figures, unit=self.symbol)
        return draw(self.times, lines, self.zone, figures, (self.low, self.high))


def day_chart(
    rows: Sequence[DayRow],
    usual: Expected | None,
    alerts: Sequence[AlertRow],
    stores: Sequence[StoreRow],
    *,
    context: Sequence[ContextRow] = (),
    part: Part = "all",
    day: TradingDay,
    currency: str,
) -> Day:
    """Lay both days and what is usual over each other, from the first opening to the last closing.

    Ten minutes without anything are a gap for the whole chain, and quiet ones for a part of it. One store's
    gap is the time since it fell silent.
    """
    opens, closes = chart_range(stores, day)
    times = tuple(range(int(opens.timestamp()), int(closes.timestamp()) + 1, STEP))
    units = 10 ** minor_digits(currency)
    until = int(day.until.timestamp())
    counted_from = until - until % STEP
    today = by_bucket(rows, "today")
    counting = today.pop(counted_from, 0)
    silent = silence(alerts, times[0], int(day.now.timestamp()))
    if part != "all":
        fill_quiet(today, times, counted_from, silent if part == "store" else ())
    shift = int((day.start - day.week_start).total_seconds())
    before = {moment + shift: minor for moment, minor in by_bucket(rows, "last_week").items()}
    bands = [usual_per_minute(usual, moment + STEP // 2, units) for moment in times]
    return Day(
        times=times,
        actual=tuple(per_minute(today.get(moment), STEP / 60, units) for moment in times),
        unfinished=unfinished(times, today, counting, until, units),
        last_week=tuple(per_minute(before.get(moment), STEP / 60, units) for moment in times),
        low=tuple(None if band is None else round(band.low, 2) for band in bands),
        high=tuple(None if band is None else round(band.high, 2) for band in bands),
        forecast=tuple(
            None if band is None or moment < counted_from else round(band.expected, 2)
            for moment, band in zip(times, bands, strict=True)
        ),
        missing=missing_ranges(times, today, until) if part == "all" else silent if part == "store" else (),
        silent=silent,
        flags=flags(alerts, times[0], times[-1]),
        told=happenings(context, times[0], times[-1], day),
        opens=times[0],
        closes=times[-1],
        zone=day.zone.key,
        weekday=day.weekday,
        before=_("last {weekday}", weekday=day.weekday),
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


def by_bucket(rows: Iterable[DayRow], period: Literal["today", "last_week"]) -> dict[int, int]:
    """Add up revenue by bucket: of today what is finished, of last week the whole day."""
    found: dict[int, int] = {}
    for row in rows:
        if row.period == period and (row.finished or period == "last_week"):
            moment = int(row.bucket.timestamp())
            found[moment] = found.get(moment, 0) + row.revenue_minor
    return found


def fill_quiet(today: dict[int, int], times: Iterable[int], until: int, silent: Sequence[Range]) -> None:
    """Write a 0 where nothing was sold, after the first sale: before it not even a 0 is known."""
    first = min(today, default=until)
    for moment in times:
        heard = all(moment + STEP <= begin for begin, _ in silent)
        if first < moment < until and heard:
            today.setdefault(moment, 0)


def unfinished(
    times: Sequence[int], today: Mapping[int, int], counting: int, until: int, units: int
) -> Points:
    """Draw from the last finished point to the one that is being counted."""
    last = max(today, default=None)
    counted_from = until - until % STEP
    minutes = (until - counted_from) / 60

    def point(moment: int) -> float | None:
        if moment == last:
            return per_minute(today.get(moment), STEP / 60, units)
        if moment == counted_from and last is not None and minutes:
            return per_minute(counting, minutes, units)
        return None

    return tuple(point(moment) for moment in times)


def missing_ranges(times: Sequence[int], known: Mapping[int, int], until: int) -> tuple[Range, ...]:
    """Find the stretches of the chart, up to now, of which nothing at all has come."""
    ranges: list[Range] = []
    for moment in times:
        if moment in known or moment + STEP > until:
            continue
        if ranges and ranges[-1][1] == moment:
            ranges[-1] = (ranges[-1][0], moment + STEP)
        else:
            ranges.append((moment, moment + STEP))
    return tuple(ranges)


def silence(alerts: Iterable[AlertRow], opened: int, now: int) -> tuple[Range, ...]:
    """Find since when some source has been silent; what a source sends after its silence fills its gap."""
    since = [int(row.since.timestamp()) for row in alerts if row.kind == "source_silent" and not row.ended_at]
    begin = max(opened, min(since, default=now))
    return ((begin, now),) if begin < now else ()


def flags(alerts: Iterable[AlertRow], opened: int, closed: int) -> tuple[Flag, ...]:
    """Mark the alerts of the day, the latest of them; single suspicious payments would hide all others."""
    found = [
        flag(row)
        for row in alerts
        if row.kind != "payment_fraud" and opened <= row.since.timestamp() <= closed
    ]
    return tuple(sorted(found, key=lambda flag: flag.at)[-MAX_FLAGS:])


def flag(row: AlertRow) -> Flag:
    """Mark one alert; one that is over keeps its place and loses its colour."""
    at = int(row.since.timestamp())
    if not row.open:
        return Flag(at, row.address, "ended", "✓", _("Over: {headline}", headline=headline(row)))
    return Flag(at, row.address, row.level, SIGNS[row.level].icon, headline(row))


def usual_per_minute(usual: Expected | None, middle: int, units: int) -> Usual | None:
    """Give what is usual around a moment in whole units of the currency a minute."""
    found = usual.per_minute(datetime.fromtimestamp(middle, UTC)) if usual is not None else None
    return None if found is None else Usual(*(end / units for end in found))


def per_minute(minor: int | None, minutes: float, units: int) -> float | None:
    """Turn a bucket's sum into whole units of the currency a minute."""
    return None if minor is None else round(minor / units / minutes, 2)
