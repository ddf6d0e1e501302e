"""Puts the picture together: readings and clock in, page out. Reads no clock and does no I/O."""

from datetime import datetime, timedelta
from typing import Any

from console.now import ClockFace, Now, PageState
from console.panels.day import DAY, Totals, day_chart, revenue, totals
from console.panels.freshness import COMPLETENESS, FRESHNESS, completeness
from console.panels.latest import LATEST, latest_payments
from console.panels.pipeline import DEAD_LETTERS, PACE, WORKERS, pipeline
from console.panels.stores import STORE_REVENUE, STORES, open_stores, rank_stores
from console.panels.tiles import tiles
from console.panels.visits import VISITS
from console.query import Query
from console.reader import Readings
from console.settings import ConsoleSettings
from console.status import Situation, Status, status
from console.trading_day import TradingDay, trading_day
from producers.clock import Clock

__all__ = ["clock_face", "compose", "day_of", "newest_arrival"]


def day_of(clock: Clock, wall: datetime, readings: Readings, settings: ConsoleSettings) -> TradingDay:
    """Cut today out of the events' clock, as far as its events have had time to arrive.

    That is as far as the newest record in the store, less the usual delay. So a comparison stops where the
    data stop, however long ago that was.
    """
    now = clock.now(wall)
    newest = newest_arrival(readings)
    behind = (wall - newest).total_seconds() if newest else 0.0
    unsettled = (max(0.0, behind) + settings.settle_seconds) * clock.speed
    return trading_day(now, now - timedelta(seconds=unsettled), settings.zone)


def newest_arrival(readings: Readings) -> datetime | None:
    """Find when the newest record of any kind reached Kafka, of those in the store; None if there is none."""
    moments = [row.newest for row in readings.of(FRESHNESS) if row.newest is not None]
    moments += [row.received_at for row in readings.of(LATEST)]
    moments += [row.heard_at for row in readings.of(WORKERS)]
    return max(moments, default=None)


def compose(
    readings: Readings,
    *,
    clock: Clock,
    wall: datetime,
    day: TradingDay,
    settings: ConsoleSettings,
    waiting_since: datetime,
) -> Now:
    """Compute everything that the page shows at the moment `wall`."""
    currency = settings.reporting_currency
    stores = readings.of(STORES)
    rows = readings.of(DAY)
    situation = situate(
        readings, clock=clock, wall=wall, day=day, settings=settings, waiting_since=waiting_since
    )
    sentence = status(situation)
    today = totals(rows, "today", day.start)
    if today is None and sentence.level in ("normal", "soon"):
        today = Totals()  # data flow and nothing was sold: that is a known 0
    last_week = totals(rows, "last_week", day.week_start)
    state = page_state(readings, sentence)
    return Now(
        taken_at=wall,
        state=state,
        clock=clock_face(clock, day),
        status=sentence,
        revenue=revenue(today, last_week, day, currency),
        day=day_chart(rows, stores, day, currency),
        tiles=tiles(rows, readings.of(VISITS), (today, last_week), day, currency),
        stores=rank_stores(readings.of(STORE_REVENUE), stores, day, currency),
        latest=latest_payments(readings.of(LATEST), {store.store_id: store.name for store in stores}, day),
        pipeline=pipeline(
            readings.of(WORKERS),
            readings.first(PACE),
            readings.first(DEAD_LETTERS),
            situation.newest or wall,
        ),
        notes=notes(readings, day),
    )


def situate(
    readings: Readings,
    *,
    clock: Clock,
    wall: datetime,
    day: TradingDay,
    settings: ConsoleSettings,
    waiting_since: datetime,
) -> Situation:
    """Gather what the sentence on top depends on."""
    latest = newest_arrival(readings)
    stores = readings.of(STORES)
    shown_from = readings.complete_at if readings.anything else None

    def on_the_wall(moment: datetime | None) -> str:
        return f"{moment.astimezone(settings.zone):%H:%M:%S}" if moment else ""

    return Situation(
        wall=wall,
        waiting_since=on_the_wall(waiting_since),
        store_problem=readings.problem,
        shown_from=on_the_wall(shown_from) or None,
        newest=latest,
        newest_text=on_the_wall(latest),
        loading_progress=clock.progress if clock.phase == "history" else None,
        workers=tuple(readings.of(WORKERS)),
        dead_letters=readings.first(DEAD_LETTERS),
        completeness=completeness(readings.of(COMPLETENESS)),
        open_stores=open_stores(stores, day) if stores else None,
    )


def page_state(readings: Readings, sentence: Status) -> PageState:
    """Say how much the figures may be trusted."""
    if sentence.level == "missing":
        return "stale" if readings.anything else "waiting"
    return "loading" if sentence.level == "loading" else "live"


def clock_face(clock: Clock, day: TradingDay) -> ClockFace:
    """Write the clock: Tue 14:32, or Simulated Tue 14:32, 60×."""
    text = f"{day.local(day.now):%a %H:%M}"
    if clock.simulated:
        text = f"Simulated {text}" + (f", {clock.speed:g}×" if clock.phase == "live" else "")
    return ClockFace(text, day.zone.key, clock.simulated)


def notes(readings: Readings, day: TradingDay) -> dict[str, str]:
    """Say for each panel what it shows, or since when its own query has been failing."""
    until = f"{day.local(day.until):%H:%M}"

    def note(usual: str, *queries: Query[Any]) -> str:
        for query in queries:
            error = readings.errors.get(query.name)
            if error is not None:
                read_at = readings.read_at.get(query.name)
                since = f"figures of {read_at.astimezone(day.zone):%H:%M:%S}" if read_at else "no figures yet"
                return f"▨ {error}, {since}"
        return usual

    return {
        "day": note("a minute, mean of 10 minutes", DAY),
        "tiles": note(f"today up to {until}, lines: last 2 h", DAY, VISITS),
        "stores": note(f"revenue up to {until}, on last {day.weekday}", STORE_REVENUE, STORES),
        "latest": note("by arrival", LATEST),
        "pipeline": note("", WORKERS, PACE, DEAD_LETTERS),
    }
