"""Whether what goes wrong in a simulated chain is noticed, how soon, and how often alerts are about nothing.

The question: incidents of ten kinds at random times, places and sizes; which of them raise an alert of the
right kind, and how many alerts are false. The rules: the detectors of every agent as they ship, in event
time, without Kafka; ten days of history first, in which nothing goes wrong and no alert counts; the matching
rule is `tillwatch/incidents/matching.py`. `root_cause_first` is of the found incidents that are a part of a
total: the code behind `tillwatch why` must name that part first. `right_kind_first` is of all found ones: the
first alert about the place was of the right kind. No rival publishes figures on such a chain.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from benchmarks.errors import BenchmarkError
from benchmarks.figure_log import FigureLog
from benchmarks.incident_causes import cause_is_first
from benchmarks.offline_chain import OfflineChain
from producers.cue_sheet import INCIDENT_KINDS, Incident
from producers.simulator.calendar import day_bounds, history_end, local_date
from producers.simulator.incidents.schedule import IncidentMode
from producers.simulator.world import SimulatedEvent, World
from tillwatch.incidents.matching import Matching, finds, match
from tillwatch.incidents.raised import from_records

__all__ = ["IncidentsResult", "measure_incidents", "report_incidents", "simulate"]

HISTORY_DAYS = 10
"""As in the demo."""

FIRST_DAY = date(2026, 3, 2)
"""A Monday; the day on which clocks are changed comes within the first month."""

SCRIPT_HOURS = 5
"""What the demo shows in five minutes at 60 times real time."""

ALERTS_PER_DAY = 25.0
"""The budget of suspicious payments, as the trainer's default is."""

STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class IncidentsResult:
    """What was simulated, and how the alerts compare with it."""

    matching: Matching
    days: float
    events: int
    causes: tuple[bool, ...] = ()
    """For each found incident that is a part of a total: whether its cause is named first."""


def measure_incidents(
    days: int, seed: int, progress: Callable[[datetime], None], *, script: bool = False
) -> IncidentsResult:
    """Simulate, run every detector, and hold the alerts against the truth.

    Parameters
    ----------
    days
        Days with incidents, after ten without.
    seed
        Of the simulated retailer and its incidents.
    progress
        Is told the simulated time now and then.
    script
        Only the demo's five hours, with each kind once.

    Raises
    ------
    BenchmarkError
        If nothing went wrong in so short a time.

    """
    mode: IncidentMode = "script" if script else "random"
    if script:
        live_from = history_end(datetime(2026, 4, 30, tzinfo=UTC))
        first_day = local_date(live_from) - timedelta(days=HISTORY_DAYS)
        until = live_from + timedelta(hours=SCRIPT_HOURS)
    else:
        first_day = FIRST_DAY
        live_from = day_bounds(first_day + timedelta(days=HISTORY_DAYS))[0]
        until = day_bounds(first_day + timedelta(days=HISTORY_DAYS + days))[0]
    world = World(seed, first_day=first_day, live_from=live_from, incidents=mode)
    causes = CausesOfDay(live_from)
    chain, events = simulate(world, until, progress, causes)
    alerts = [a for a in from_records(chain.alerts.values()) if live_from <= a.noticed_at < until]
    incidents, background = truth(world, live_from, until)
    if not incidents:
        raise BenchmarkError(f"nothing goes wrong in {days} days with seed {seed}; take more days")
    return IncidentsResult(
        match(incidents, alerts, background),
        (until - live_from) / timedelta(days=1),
        events,
        tuple(causes.first),
    )


class CausesOfDay:
    """Explains the day's incidents that were found, at its end, from the events of the days before."""

    def __init__(self, live_from: datetime) -> None:
        self.log = FigureLog()
        self.first: list[bool] = []
        self._live_from = live_from

    def end(self, world: World, day: date, chain: OfflineChain) -> None:
        """Judge a day that is over."""
        raised = from_records(chain.alerts.values())
        for incident in world.incidents(day):
            found = next((alert for alert in raised if finds(alert, incident)), None)
            if found is not None and incident.begins_at >= self._live_from:
                first = cause_is_first(self.log, incident, found.since)
                self.first += [] if first is None else [first]
        self.log.forget(day - timedelta(days=29))


def simulate(
    world: World,
    until: datetime,
    progress: Callable[[datetime], None],
    causes: CausesOfDay | None = None,
) -> tuple[OfflineChain, int]:
    """Run the chain of detectors over a world up to a moment; return it, and the number of events."""
    chain = OfflineChain(ALERTS_PER_DAY)
    stores = list(world.stores())
    chain.take(stores, day_bounds(world.first_day)[0])
    if causes is not None:
        causes.log.take(sent.event for sent in stores)
    day, events = world.first_day, 0
    while day_bounds(day)[0] < until:
        ends = day_bounds(day)[0] + STEP
        minute: list[SimulatedEvent] = []
        for sent in world.events(day):
            if sent.at >= until:
                break
            events += 1
            if causes is not None:
                causes.log.take((sent.event,))
            if sent.at >= ends:
                chain.take(minute, ends)
                minute = []
                ends += STEP * ((sent.at - ends) // STEP + 1)
            minute.append(sent)
        chain.take(minute, ends)
        if causes is not None:
            causes.end(world, day, chain)
        progress(ends)
        day += timedelta(days=1)
    return chain, events


def truth(world: World, live_from: datetime, until: datetime) -> tuple[list[Incident], set[str]]:
    """Return the incidents that began in time, and the ids that ordinary thefts hit."""
    incidents: list[Incident] = []
    background: set[str] = set()
    day = world.first_day
    while day_bounds(day)[0] < until:
        incidents += [one for one in world.incidents(day) if live_from <= one.begins_at < until]
        for ids in world.background(day):
            background |= ids
        day += timedelta(days=1)
    return incidents, background


def report_incidents(result: IncidentsResult) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    matching = result.matching
    delays = [one.delay / STEP for one in matching.incidents if one.delay is not None]
    found = [one for one in matching.incidents if one.alert is not None]
    first = sum(one.alert is not None and one.first_kind == one.alert.kind for one in found)
    false = matching.having("false")
    lines = [
        f"{len(matching.incidents)} incidents in {result.days:.1f} days, {result.events:,} events",
        f"{'incident':<22}{'found':>8}{'median delay':>14}",
    ]
    for kind in INCIDENT_KINDS:
        these = [one for one in matching.incidents if one.incident.kind == kind]
        took = [one.delay / STEP for one in these if one.delay is not None]
        delay = f"{median(took):.0f} min" if took else "–"
        lines.append(f"{kind:<22}{len(took):>4} of {len(these):<3}{delay:>11}")
    counts = Counter(verdict for _, verdict in matching.verdicts)
    lines.append(f"cause named first: {sum(result.causes)} of {len(result.causes)} found in a total")
    lines.append(", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items())))
    lines += [f"false: {a.noticed_at:%a %d %b %H:%M} {a.kind} · {a.sentence}" for a in false[:20]]
    return "\n".join(lines), {
        "found": round(len(found) / len(matching.incidents), 4),
        "false_alerts_per_day": round(len(false) / result.days, 3),
        "median_delay_minutes": round(median(delays), 1) if delays else None,
        "root_cause_first": round(sum(result.causes) / len(result.causes), 4) if result.causes else None,
        "right_kind_first": round(first / len(found), 4) if found else None,
        "silent_as_fallen": float(matching.silent_as_fallen),
        "incidents": float(len(matching.incidents)),
    }
