"""What the store and the clocks said at one moment, and what is wrong with that."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from console.alerts.masking import nobodys_rows
from console.alerts.stored import LISTED, WATCHING, WatchingRow
from console.language import _
from console.panels.pipeline import SILENT_SECONDS
from console.panels.stores import STORES
from console.reader import Readings
from console.settings import ConsoleSettings
from console.status import STALE_SECONDS
from console.trading_day import TradingDay
from producers.clock import Clock

__all__ = ["Snapshot", "Trouble", "find_trouble"]


@dataclass(frozen=True)
class Snapshot:
    """One reading of everything that the list needs."""

    readings: Readings
    clock: Clock
    day: TradingDay
    wall: datetime
    waiting_since: datetime
    settings: ConsoleSettings

    @cached_property
    def of_nobody(self) -> "Snapshot":
        """The same for those who only look: ids of people are cut."""
        rows = {**self.readings.rows, LISTED.name: nobodys_rows(self.readings.of(LISTED))}
        return replace(self, readings=replace(self.readings, rows=rows))

    @property
    def now(self) -> datetime:
        """Event time."""
        return self.day.now

    @property
    def store_names(self) -> dict[str, str]:
        """Names of the stores by id."""
        return {store.store_id: store.name for store in self.readings.of(STORES)}

    @property
    def settled(self) -> datetime:
        """The moment up to which events have had time to arrive; what is later is unfinished."""
        watching = self.readings.first(WATCHING)
        newest = watching.newest if watching is not None else None
        behind = max(0.0, (self.wall - newest).total_seconds()) if newest is not None else 0.0
        return self.now - timedelta(seconds=(behind + self.settings.settle_seconds) * self.clock.speed)

    def on_the_wall(self, moment: datetime) -> str:
        """Write a moment of the wall clock."""
        return f"{moment.astimezone(self.settings.zone):%H:%M:%S}"


@dataclass(frozen=True)
class Trouble:
    """What is missing, since when, and what still works."""

    level: str
    icon: str
    sentence: str


def find_trouble(snapshot: Snapshot) -> Trouble | None:
    """Say the worst of what is wrong with what the page shows; None if nothing is."""
    sentence = unanswered(snapshot)
    watching = snapshot.readings.first(WATCHING)
    if sentence is None and watching is not None:
        sentence = nothing_new(snapshot, watching)
    if sentence is not None:
        return Trouble("missing", "▨", sentence)
    return judge_silent(snapshot, watching) if watching is not None else None


def unanswered(snapshot: Snapshot) -> str | None:
    """Say that the store does not answer, or not this question."""
    readings = snapshot.readings
    asked = readings.read_at.get(LISTED.name)
    if readings.problem is not None and asked is None:
        return _(
            "Waiting since {time}: {problem}",
            time=snapshot.on_the_wall(snapshot.waiting_since),
            problem=readings.problem,
        )
    if readings.problem is not None and asked is not None:
        return _(
            "No data since {time}, last alerts shown. {problem} Alerts are still being "
            "raised; answers wait until it is back.",
            time=snapshot.on_the_wall(asked),
            problem=readings.problem,
        )
    if LISTED.name in readings.errors:
        shown = (
            _("last alerts of {time} shown", time=snapshot.on_the_wall(asked))
            if asked is not None
            else _("none known")
        )
        return _(
            "The list cannot be read: {errors}, {shown}.", errors=readings.errors[LISTED.name], shown=shown
        )
    return None


def nothing_new(snapshot: Snapshot, watching: WatchingRow) -> str | None:
    """Say that the store answers and nothing arrives there any more."""
    if watching.newest is None or snapshot.clock.phase == "history":
        return None
    if (snapshot.wall - watching.newest).total_seconds() <= STALE_SECONDS:
        return None
    return _(
        "No data since {time}, last alerts shown. ClickHouse answers; nothing new arrives there.",
        time=snapshot.on_the_wall(watching.newest),
    )


def judge_silent(snapshot: Snapshot, watching: WatchingRow) -> Trouble | None:
    """Say that nobody raises alerts any more."""
    if watching.judged_at is None:
        return None
    if (snapshot.wall - watching.judged_at).total_seconds() <= SILENT_SECONDS:
        return None
    since = snapshot.on_the_wall(watching.judged_at)
    return Trouble(
        "now",
        "●",
        _(
            "The judge has been silent since {since}: no new alerts are raised, and "
            "answers wait for it. Payments are still being scored.",
            since=since,
        ),
    )
