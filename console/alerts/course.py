"""The chart of an alert: a series with its usual band, when it began, and when nobody was heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.alerts.silence import HeardRow, closed, inside, silences
from console.language import _, ngettext
from console.panels.stores import StoreRow
from console.query import Query
from console.wording import symbol
from detectors.series.table import SERIES
from schemas.alert import Alert
from streams.reporting_currency import minor_digits

__all__ = [
    "COURSE",
    "EXPECTED",
    "Chart",
    "CourseRow",
    "ExpectedRow",
    "course_chart",
    "payments_chart",
    "window",
]

BEFORE, AFTER, LONGEST = timedelta(hours=2), timedelta(hours=2), timedelta(hours=24)
"""The first from the page's specification; the others keep an old alert's chart readable (chosen)."""


@dataclass(frozen=True)
class CourseRow:
    """A minute of a series."""

    minute: datetime
    total: int


@dataclass(frozen=True)
class ExpectedRow:
    """What is usual over one day, per slot."""

    begins_at: datetime
    slot_minutes: int
    expected: list[float]
    low: list[float]
    high: list[float]
    learnt_days: int


COURSE = Query("alerts/course", CourseRow)
EXPECTED = Query("alerts/expected", ExpectedRow)


@dataclass(frozen=True)
class Chart:
    """What the script draws: seconds since 1970 of each point; None = unknown, never 0.

    `points` are single payments instead of a curve. `silent` are stretches in which the store was open and
    nobody was heard; None where no source sends heartbeats, so that nothing is known of it.
    """

    title: str
    unit: str
    zone: str
    begins: int
    ends: int
    since: int
    noticed: int
    until: int | None
    slot_seconds: int
    times: tuple[int, ...] = ()
    actual: tuple[float | None, ...] = ()
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    points: bool = False
    silent: tuple[tuple[int, int], ...] | None = None
    closed: tuple[tuple[int, int], ...] = ()
    summary: str = ""
    learnt: str = ""


@dataclass(frozen=True)
class Slots:
    """The figure and its band per slot, by the second at which the slot begins."""

    seconds: int
    band: Mapping[int, tuple[float, float, float]] = field(default_factory=dict)
    learnt_days: int = 0


def window(alert: Alert, settled: datetime) -> tuple[datetime, datetime]:
    """Choose the stretch of the chart: 2 h before the onset to now, or to 2 h after the last news."""
    begin = alert.since - BEFORE
    end = min(settled, (alert.until or alert.last_at) + AFTER, begin + LONGEST)
    return begin, max(end, alert.since)


def course_chart(
    alert: Alert,
    rows: Iterable[CourseRow],
    expected: Sequence[ExpectedRow],
    heard: Sequence[HeardRow],
    *,
    stores: Sequence[StoreRow],
    settled: datetime,
    zone: ZoneInfo,
    currency: str,
) -> Chart:
    """Lay the finished slots of the series over their band."""
    watched = alert.watched
    assert watched is not None  # noqa: S101  # the caller asks only for alerts with a series
    begin, end = window(alert, settled)
    slots = usual(expected)
    series = SERIES.get(watched.series)
    money = series is not None and series.is_money
    units = 10 ** minor_digits(currency) if money else 1
    first = begin.timestamp() // slots.seconds * slots.seconds
    times = tuple(range(int(first), int(end.timestamp()) - slots.seconds + 1, slots.seconds))
    sums: dict[int, int] = {}
    for row in rows:
        slot = int(row.minute.timestamp()) // slots.seconds * slots.seconds
        sums[slot] = sums.get(slot, 0) + row.total
    store = next((one for one in stores if one.store_id == watched.store_id), None)
    shut = closed(times, slots.seconds, store)
    silent = silences(heard, begin, end, shut)
    unknown = silent if silent is not None else ()
    actual = tuple(
        None if slot not in sums and (silent is None or inside(slot, slots.seconds, (*unknown, *shut)))
        else sums.get(slot, 0) / units
        for slot in times
    )  # fmt: skip
    place = store.name if store else watched.store_id or _("all stores")
    name = watched.series.replace("_", " ") if series is None else series.title
    per = _("a minute") if slots.seconds == 60 else _("per {minutes} minutes", minutes=slots.seconds // 60)
    unit = symbol(currency) if money else ""
    return Chart(
        title=", ".join(word for word in (f"{name} {per}", watched.category, place, watched.channel) if word),
        unit=unit,
        zone=zone.key,
        begins=int(begin.timestamp()),
        ends=int(end.timestamp()),
        since=int(alert.since.timestamp()),
        noticed=int(alert.noticed_at.timestamp()),
        until=int(alert.until.timestamp()) if alert.until else None,
        slot_seconds=slots.seconds,
        times=times,
        actual=actual,
        low=tuple(slots.band[slot][0] / units if slot in slots.band else None for slot in times),
        high=tuple(slots.band[slot][2] / units if slot in slots.band else None for slot in times),
        silent=silent,
        closed=shut,
        summary=summary(alert, times, actual, slots, figure=(unit, units)),
        learnt=ngettext(
            "usual: learnt from {number} day", "usual: learnt from {number} days", slots.learnt_days
        )
        if slots.learnt_days
        else _("usual: not known yet"),
    )


def payments_chart(alert: Alert, *, zone: ZoneInfo, currency: str) -> Chart:
    """Show the payments of an alert as points: when, and how much."""
    paid = sorted(
        (payment for payment in alert.payments if payment.amount_minor is not None),
        key=lambda payment: payment.occurred_at,
    )
    units = 10 ** minor_digits(currency)
    times = tuple(int(payment.occurred_at.timestamp()) for payment in paid)
    first, last = (min(times), max(times)) if times else (0, 0)
    margin = max(60, (last - first) // 12)
    return Chart(
        title=_("Its payments, by amount"),
        unit=symbol(currency),
        zone=zone.key,
        begins=min(first, int(alert.since.timestamp())) - margin,
        ends=max(last, int(alert.noticed_at.timestamp())) + margin,
        since=int(alert.since.timestamp()),
        noticed=int(alert.noticed_at.timestamp()),
        until=None,
        slot_seconds=0,
        times=times,
        actual=tuple((payment.amount_minor or 0) / units for payment in paid),
        points=True,
        summary=ngettext("{number} payment, each a point.", "{number} payments, each a point.", len(paid)),
    )


def usual(expected: Sequence[ExpectedRow]) -> Slots:
    """Take the band of the days; without one a slot has five minutes, since single minutes are noise."""
    if not expected:
        return Slots(seconds=300)
    newest = expected[-1]
    seconds = newest.slot_minutes * 60
    band: dict[int, tuple[float, float, float]] = {}
    for day in expected:
        if day.slot_minutes != newest.slot_minutes:
            continue
        start = int(day.begins_at.timestamp())
        for index, levels in enumerate(zip(day.low, day.expected, day.high, strict=True)):
            band[start + index * seconds] = levels
    return Slots(seconds, band, newest.learnt_days)


def summary(
    alert: Alert,
    times: Sequence[int],
    actual: Sequence[float | None],
    slots: Slots,
    *,
    figure: tuple[str, int],
) -> str:
    """Say the chart in a sentence, for those who do not see it; `figure` is its unit and its minor units."""
    (unit, units), since = figure, alert.since.timestamp()
    known = [(slot, value) for slot, value in zip(times, actual, strict=True) if value is not None]
    after = [value for slot, value in known if slot >= since - slots.seconds / 2]
    if not after:
        return _("Nothing is known of this figure since it began.")
    mean = sum(after) / len(after)
    levels = [slots.band[slot][1] / units for slot, _ in known if slot >= since and slot in slots.band]
    if not levels:
        return _(
            "Since it began {unit}{mean} on average; what is usual is not known.",
            unit=unit,
            mean=f"{mean:,.0f}",
        )
    return _(
        "Since it began {unit}{mean} on average, usually {unit}{usual}.",
        unit=unit,
        mean=f"{mean:,.0f}",
        usual=f"{sum(levels) / len(levels):,.0f}",
    )
