"""Six tiles: what is sold, what comes back, what is refused and what somebody should look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.language import N_, _, ngettext
from console.panels.day import BUCKET, DayRow, Part, Totals
from console.panels.expected import Expected, ExpectedRow, course_of
from console.panels.visits import VisitRow, conversion
from console.query import SPARKLINE
from console.sparkline import Sparkline, sparkline
from console.trading_day import TradingDay
from console.wording import UNKNOWN, change, count, money, percent

__all__ = ["LineTimes", "Tile", "line_times", "tiles"]


@dataclass(frozen=True)
class Tile:
    """One figure with what it means, its change and its last two hours."""

    key: str
    label: str
    text: str
    detail: str
    change: str
    verdict: str
    badge: str
    sparkline: Sparkline


@dataclass(frozen=True)
class Definition:
    """How a tile is computed from totals; None = not known. `usual` names the series of its band."""

    key: str
    label: str
    value: Callable[[Totals], float | None]
    text: Callable[[float | None, str], str]
    detail: Callable[[Totals, str], str]
    good: Literal["up", "down", ""]
    points: bool = False
    usual: str = ""


def as_money(value: float | None, currency: str) -> str:
    """Write a tile's amount."""
    return UNKNOWN if value is None else money(round(value), currency)


def as_exact_money(value: float | None, currency: str) -> str:
    """Write a tile's amount with the digits after the point."""
    return UNKNOWN if value is None else money(round(value), currency, whole=False)


def as_share(value: float | None, _currency: str) -> str:
    """Write a tile's share."""
    return percent(value)


def as_count(value: float | None, _currency: str) -> str:
    """Write a tile's number."""
    return UNKNOWN if value is None else count(round(value))


def share(part: float, whole: float) -> float | None:
    """Divide, unless there is nothing to divide by."""
    return part / whole if whole else None


FROM_PAYMENTS: tuple[Definition, ...] = (
    Definition(
        "orders",
        N_("Orders"),
        lambda totals: totals.orders,
        as_count,
        lambda _totals, _currency: _("payments authorised"),
        "up",
        usual="orders",
    ),
    Definition(
        "basket",
        N_("Basket"),
        lambda totals: share(totals.sales_minor, totals.orders),
        as_exact_money,
        lambda _totals, _currency: _("mean order"),
        "up",
    ),
    Definition(
        "refunds",
        N_("Refunds"),
        lambda totals: totals.refunded_minor,
        as_money,
        lambda totals, _currency: _(
            "{refunds}, {share} of sales",
            refunds=count(totals.refunds),
            share=percent(share(totals.refunded_minor, totals.sales_minor)),
        ),
        "down",
        usual="refunds",
    ),
    Definition(
        "declined",
        N_("Declined payments"),
        lambda totals: share(totals.declined, totals.payments),
        as_share,
        lambda totals, _currency: _(
            "{declined} of {payments}", declined=count(totals.declined), payments=count(totals.payments)
        ),
        "down",
        points=True,
    ),
    Definition(
        "review",
        N_("Fraud money stopped"),
        lambda totals: totals.reviewed_minor,
        as_money,
        lambda totals, _currency: _(
            "{payment} held", payment=ngettext("{number} payment", "{number} payments", totals.reviewed)
        ),
        "",
        usual="reviewed",
    ),
)


def tiles(
    rows: Sequence[DayRow],
    visits: Sequence[VisitRow],
    sums: tuple[Totals | None, Totals | None],
    usual: Sequence[ExpectedRow],
    *,
    part: Part,
    badge: str,
    day: TradingDay,
    currency: str,
) -> tuple[Tile, ...]:
    """Compute the six tiles, in the order of the page; `badge` says that figures are incomplete or old."""
    against = _("last {weekday}", weekday=day.short_weekday)
    found = [
        from_payments(definition, rows, sums, usual, part=part, badge=badge, day=day, currency=currency)
        for definition in FROM_PAYMENTS
    ]
    ratio, ratio_before, sessions, line = conversion(visits, sparkline_times(day))
    compared = change(ratio, ratio_before, good="up", against=against, points=True)
    detail = (
        _("online only")
        if sessions is None
        else _(
            "of {online_visit}",
            online_visit=ngettext("{number} online visit", "{number} online visits", sessions),
        )
    )
    found.insert(
        2,
        Tile(
            "conversion",
            _("Conversion"),
            percent(ratio),
            detail,
            compared.text,
            compared.verdict,
            badge,
            line,
        ),
    )
    return tuple(found)


def from_payments(
    definition: Definition,
    rows: Sequence[DayRow],
    sums: tuple[Totals | None, Totals | None],
    usual: Sequence[ExpectedRow],
    *,
    part: Part,
    badge: str,
    day: TradingDay,
    currency: str,
) -> Tile:
    """Compute one tile of those that payments tell."""
    today, last_week = sums
    value = definition.value(today) if today else None
    compared = change(
        value,
        definition.value(last_week) if last_week else None,
        good=definition.good,
        against=_("last {weekday}", weekday=day.short_weekday),
        points=definition.points,
    )

    def series(period: Literal["today", "last_week"], times: Sequence[datetime]) -> list[float | None]:
        by_bucket = {row.bucket: row for row in rows if row.period == period}
        found = []
        for time in times:
            row = by_bucket.get(time)
            if row is not None:
                found.append(definition.value(Totals(**{name: getattr(row, name) for name in FIELDS})))
            else:  # nothing of all stores is a gap, nothing of a few is a quiet time
                found.append(None if part == "all" else definition.value(Totals()))
        return found

    now_times, week_times = sparkline_times(day)
    return Tile(
        key=definition.key,
        label=_(definition.label),
        text=definition.text(value, currency),
        detail=definition.detail(today, currency) if today else "",
        change=compared.text,
        verdict=compared.verdict,
        badge=badge,
        sparkline=sparkline(
            series("today", now_times),
            series("last_week", week_times),
            band(course_of(usual, definition.usual), now_times, worth(definition, sums)),
        ),
    )


def worth(definition: Definition, sums: tuple[Totals | None, Totals | None]) -> float | None:
    """Say what one unit of the tile is in the total of its series.

    What is usual is known as money. Orders are counted, so last week's mean basket turns one into the other.
    """
    if definition.key != "orders":
        return 1.0
    before = sums[1]
    return share(before.sales_minor, before.orders) if before is not None else None


def band(
    course: Expected | None, times: Sequence[datetime], worth: float | None
) -> list[tuple[float, float] | None]:
    """Compute the ends of what is usual for each ten minutes; empty where nothing is known."""
    if course is None or not worth:
        return []
    scale = BUCKET.total_seconds() / 60 / worth
    found = [course.per_minute(time + BUCKET / 2) for time in times]
    return [None if usual is None else (usual.low * scale, usual.high * scale) for usual in found]


FIELDS = tuple(Totals.__dataclass_fields__)


@dataclass(frozen=True)
class LineTimes:
    """When the points of all tiles' lines are: seconds since 1970 of the first and last, and between two."""

    first: int
    last: int
    step: int


def line_times(day: TradingDay) -> LineTimes:
    """Say what the lines of the tiles are of."""
    times, _ = sparkline_times(day)
    return LineTimes(int(times[0].timestamp()), int(times[-1].timestamp()), int(BUCKET.total_seconds()))


def sparkline_times(day: TradingDay) -> tuple[list[datetime], list[datetime]]:
    """List the finished ten minutes of the last two hours, and those of a week before."""
    seconds = int(BUCKET.total_seconds())
    last = int(day.until.timestamp()) // seconds * seconds
    steps = int(SPARKLINE / BUCKET)
    now_times = [
        datetime.fromtimestamp(last - seconds * step, tz=day.now.tzinfo) for step in range(steps, 0, -1)
    ]
    return now_times, [day.a_week_before(time) for time in now_times]
