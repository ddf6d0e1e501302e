"""Puts the picture together: readings and clock in, page out. Reads no clock and does no I/O."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from console.language import _
from console.now import ClockFace, Now, PageState
from console.panels.context import CONTEXT
from console.panels.cues import cues
from console.panels.day import DAY, Totals, revenue, totals
from console.panels.day_chart import day_chart
from console.panels.expected import EXPECTED, course_of
from console.panels.freshness import COMPLETENESS, FRESHNESS, completeness
from console.panels.funnel import FUNNEL, funnel
from console.panels.latest import LATEST, LatestRow, latest_payments
from console.panels.open_alerts import OPEN_ALERTS, worst_first
from console.panels.pipeline import DEAD_LETTERS, PACE, WORKERS, alive, pipeline
from console.panels.rail import WATCHING, rail, watched
from console.panels.running_out import RUNNING_OUT, running_out
from console.panels.store_wall import store_wall
from console.panels.stores import RANKING, STORES, open_stores, rank_stores
from console.panels.synthetic import SYNTHETIC
from console.panels.tiles import line_times, tiles
from console.panels.visits import VISITS
from console.query import Query
from console.reader import Readings
from console.selection import EVERYTHING, Selection
from console.settings import ConsoleSettings
from console.status import (
    COMPLETE_ENOUGH,
    STALE_SECONDS,
    Situation,
    Status,
    status,
    watching_problems,
)
from console.trading_day import TradingDay, trading_day
from console.wording import age, percent
from producers.clock import Clock
from producers.cue_sheet import Incident

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
    chosen: Selection = EVERYTHING,
    clock: Clock,
    wall: datetime,
    day: TradingDay,
    settings: ConsoleSettings,
    waiting_since: datetime,
    incidents: Sequence[Incident] = (),
) -> Now:
    """Compute everything that the page shows at the moment `wall`."""
    currency = settings.reporting_currency
    stores, rows, alerts = readings.of(STORES), readings.of(DAY), readings.of(OPEN_ALERTS)
    names = {store.store_id: store.name for store in stores}
    places = chosen.stores(stores, by_channel=True)
    about = [row for row in alerts if not places or row.store_id in places]
    here = chosen.stores(stores, by_channel=False)
    ranking = [row for row in readings.of(RANKING) if not here or row.store in here]
    on_wall = [store for store in stores if not places or store.store_id in places]
    usual = readings.of(EXPECTED)
    situation = situate(
        readings, clock=clock, wall=wall, day=day, settings=settings, waiting_since=waiting_since
    )
    sentence = status(situation)
    state = page_state(readings, sentence)
    today = totals(rows, "today", day.start)
    if today is None and state == "live" and not watching_problems(situation):
        today = Totals()  # data flow and nothing was sold: that is a known 0
    sums = (today, totals(rows, "last_week", day.week_start))
    newest = situation.newest or wall
    workers = readings.of(WORKERS)
    return Now(
        taken_at=wall,
        state=state,
        selection=chosen,
        clock=clock_face(clock, day),
        status=sentence,
        open_alerts=f"{len(situation.alerts):,}" if situation.alerts else "",
        rail=rail(
            alerts,
            places,
            names=names,
            proof=watched(alerts, readings.first(WATCHING), alive(workers, newest), day, newest),
            day=day,
            wall=wall,
            currency=currency,
        ),
        revenue=revenue(sums, course_of(usual, "revenue"), day, currency),
        day=day_chart(
            rows,
            course_of(usual, "revenue"),
            about,
            stores,
            context=readings.of(CONTEXT),
            part=chosen.part,
            day=day,
            currency=currency,
        ),
        tiles=tiles(
            rows,
            readings.of(VISITS),
            sums,
            usual,
            part=chosen.part,
            badge=badge(situation),
            day=day,
            currency=currency,
        ),
        tile_lines=line_times(day),
        # nothing is said to be in range before the alerts were heard of
        store_wall=store_wall(
            ranking if RANKING.name in readings.read_at else None,
            on_wall if OPEN_ALERTS.name in readings.read_at else (),
            alerts,
            day=day,
            currency=currency,
        ),
        stores=rank_stores(ranking, stores, alerts, day=day, currency=currency),
        latest=latest_payments(readings.of(LATEST), names, day),
        funnel=funnel(readings.of(FUNNEL)),
        running_out=running_out(readings.of(RUNNING_OUT), alerts, names),
        pipeline=pipeline(workers, readings.first(PACE), readings.first(DEAD_LETTERS), newest),
        cues=cues(incidents, alerts, names, day),
        notes=notes(readings, day, chosen),
    )


def badge(situation: Situation) -> str:
    """Mark figures that are incomplete or old; empty if they are neither."""
    if situation.newest is not None and situation.loading_progress is None:
        old = (situation.wall - situation.newest).total_seconds()
        if old > STALE_SECONDS:
            return _("▨ {age} old", age=age(old))
    ratio = situation.completeness
    return _("▨ {ratio} here", ratio=percent(ratio)) if ratio is not None and ratio < COMPLETE_ENOUGH else ""


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
    loading = loading_progress(clock, settings, latest)

    def on_the_wall(moment: datetime | None) -> str:
        return f"{moment.astimezone(settings.zone):%H:%M:%S}" if moment else ""

    return Situation(
        wall=wall,
        waiting_since=on_the_wall(waiting_since),
        store_problem=None if loading is not None and readings.tables_missing else readings.problem,
        shown_from=on_the_wall(shown_from) or None,
        newest=latest,
        newest_text=on_the_wall(latest),
        loading_progress=loading,
        workers=tuple(readings.of(WORKERS)),
        dead_letters=readings.first(DEAD_LETTERS),
        synthetic=readings.first(SYNTHETIC),
        completeness=completeness(readings.of(COMPLETENESS)),
        open_stores=open_stores(stores, day) if stores else None,
        alerts=tuple(worst_first(readings.of(OPEN_ALERTS))),
        currency=settings.reporting_currency,
    )


def loading_progress(clock: Clock, settings: ConsoleSettings, newest: datetime | None) -> float | None:
    """Say how much of the history is loaded; None if none is being loaded.

    A demo whose clock is announced and not written yet is about to begin, so that is loading too.
    """
    if clock.phase == "history":
        return clock.progress
    about_to = settings.clock_file is not None and not clock.simulated and newest is None
    return 0.0 if about_to else None


def page_state(readings: Readings, sentence: Status) -> PageState:
    """Say how much the figures may be trusted."""
    if sentence.level == "missing":
        return "stale" if readings.anything else "waiting"
    return "loading" if sentence.level == "loading" else "live"


def clock_face(clock: Clock, day: TradingDay) -> ClockFace:
    """Write the clock: Tue 14:32, or Simulated Tue 14:32, 60×."""
    text = f"{day.local(day.now):%a %H:%M}"
    if clock.simulated:
        text = _("Simulated {time}", time=text) + (f", {clock.speed:g}×" if clock.phase == "live" else "")
    return ClockFace(text, day.zone.key, clock.simulated)


def notes(readings: Readings, day: TradingDay, chosen: Selection) -> dict[str, str]:
    """Say for each panel what it shows, or since when its own query has been failing.

    Where a selection does not reach, the panel says that it is about all.
    """
    until = f"{day.local(day.until):%H:%M}"
    every_store = "" if chosen.everything else _("all stores and channels")

    def note(usual: str, *queries: Query[Any]) -> str:
        for query in queries:
            error = readings.errors.get(query.name)
            if error is not None:
                read_at = readings.read_at.get(query.name)
                since = (
                    _("figures of {time}", time=f"{read_at.astimezone(day.zone):%H:%M:%S}")
                    if read_at
                    else _("no figures yet")
                )
                return f"▨ {error}, {since}"
        return usual

    a_minute = (
        _("a minute, mean of 10 minutes")
        if readings.of(EXPECTED)
        else _("a minute, mean of 10 minutes, what is usual is not known")
    )
    return {
        "day": note(a_minute, DAY, EXPECTED, CONTEXT),
        "rail": note("", OPEN_ALERTS, WATCHING),
        "tiles": note(_("today up to {until}, lines: last 2 h", until=until), DAY, VISITS, COMPLETENESS),
        "store_wall": note(_("by region; a store that is closed is no alarm"), OPEN_ALERTS, STORES, RANKING),
        "stores": note(
            _("revenue up to {until}, on last {weekday}", until=until, weekday=day.weekday),
            RANKING,
            STORES,
        ),
        "latest": note(by_arrival(readings.first(LATEST), chosen), LATEST),
        "funnel": note(
            _(
                "web shop and app, last hour to {until}, tick: last {weekday}",
                until=until,
                weekday=day.weekday,
            ),
            FUNNEL,
        ),
        "running_out": note(
            _("all channels, most sales at stake first")
            if chosen.channel
            else _("most sales at stake first"),
            RUNNING_OUT,
        ),
        "pipeline": note(every_store, WORKERS, PACE, DEAD_LETTERS),
    }


def by_arrival(newest: LatestRow | None, chosen: Selection) -> str:
    """Say which payments are listed, and which model scores them where that is known."""
    model = newest.model_version if newest is not None else None
    if chosen.everything:
        return _("by arrival, scored by {model}", model=model) if model else _("by arrival")
    if model:
        return _("by arrival, of the last 2 h, scored by {model}", model=model)
    return _("by arrival, of the last 2 h")
