"""Writes a sheet: readings and clock in, page out. Reads no clock and does no I/O."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from console.alerts.stored import COUNTED
from console.compose import clock_face, newest_arrival, situate
from console.language import _
from console.now import ClockFace, PageState
from console.panels.freshness import FRESHNESS
from console.panels.pipeline import WORKERS
from console.panels.stores import STORES
from console.query import Query
from console.reader import Readings
from console.settings import ConsoleSettings
from console.sheets.blocks import Chart, Figure, Table
from console.sheets.sheet import Asked, Scene, Sheet
from console.sheets.span import Span
from console.status import Status, data_status
from console.trading_day import TradingDay
from producers.clock import Clock

__all__ = ["BASE", "RangeFace", "SheetPicture", "asked_queries", "sheet_picture"]

BASE: tuple[Query[Any], ...] = (FRESHNESS, WORKERS, STORES, COUNTED)
"""What every sheet asks: how new the data are, and what the bar on top shows."""


@dataclass(frozen=True)
class RangeFace:
    """The range in words and as it is: moments with the stores' zone; `before_*` are None if not compared."""

    text: str
    begin: datetime
    end: datetime
    before_begin: datetime | None
    before_end: datetime | None


@dataclass(frozen=True)
class SheetPicture:
    """One picture of a sheet. `status` says why its figures are not to be trusted; None if they are."""

    taken_at: datetime
    state: PageState
    clock: ClockFace
    open_alerts: str
    status: Status | None
    title: str
    says: str
    missing: str
    range: RangeFace | None
    figures: dict[str, Figure]
    charts: dict[str, Chart]
    tables: dict[str, Table]


def asked_queries(sheet: Sheet) -> tuple[Query[Any], ...]:
    """List what a sheet asks, each once."""
    return tuple({query.name: query for query in (*BASE, *sheet.queries)}.values())


def sheet_picture(
    sheet: Sheet,
    asked: Asked,
    readings: Readings,
    *,
    span: Span,
    clock: Clock,
    wall: datetime,
    day: TradingDay,
    settings: ConsoleSettings,
    waiting_since: datetime,
) -> SheetPicture:
    """Write everything that a sheet shows at the moment `wall`."""
    situation = situate(
        readings, clock=clock, wall=wall, day=day, settings=settings, waiting_since=waiting_since
    )
    known = any(query.name in readings.read_at for query in sheet.queries) or not sheet.queries
    if known and readings.complete_at is not None:
        shown_from = f"{readings.complete_at.astimezone(settings.zone):%H:%M:%S}"
        situation = replace(situation, shown_from=shown_from)
    trouble = data_status(situation)
    scene = Scene(
        asked=asked,
        span=span,
        day=day,
        wall=wall,
        newest=newest_arrival(readings) or wall,
        currency=settings.reporting_currency,
        readings=readings,
        names={store.store_id: store.name for store in readings.of(STORES)},
    )
    body = sheet.compose(scene)
    counted = readings.first(COUNTED)
    return SheetPicture(
        taken_at=wall,
        state=page_state(trouble, known=known),
        clock=clock_face(clock, day),
        open_alerts=f"{counted.open:,}" if counted is not None and counted.open else "",
        status=trouble,
        title=body.title or _(sheet.title),
        says=body.says or _(sheet.purpose),
        missing=body.missing if known and readings.problem is None else "",
        range=range_face(span, day) if sheet.lengths else None,
        figures=body.figures,
        charts=body.charts,
        tables=body.tables,
    )


def page_state(trouble: Status | None, *, known: bool) -> PageState:
    """Say how much the figures may be trusted."""
    if trouble is None:
        return "live"
    if trouble.level == "loading":
        return "loading"
    return "stale" if known else "waiting"


def range_face(span: Span, day: TradingDay) -> RangeFace:
    """Write a range: Tue 17 Nov 08:00 to 14:32, with a week before."""
    begin, end = day.local(span.begin), day.local(span.end)
    text = _(
        "{begin} to {end}",
        begin=f"{begin:%a} {begin.day} {begin:%b %H:%M}",
        end=moment_of_range(end, begin),
    )
    compared = span.before_end > span.before_begin
    return RangeFace(
        text=_("{range}, beside {before}", range=text, before=span.against) if compared else text,
        begin=begin,
        end=end,
        before_begin=day.local(span.before_begin) if compared else None,
        before_end=day.local(span.before_end) if compared else None,
    )


def moment_of_range(end: datetime, begin: datetime) -> str:
    """Write where a range ends: the time alone where the day is clear."""
    if end.date() == begin.date() or end == begin + timedelta(days=1):
        return f"{end:%H:%M}"
    return f"{end:%a} {end.day} {end:%b %H:%M}"
