"""Is the machinery well? Events a second, latency, what waits, what was refused, and each agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.language import _, ngettext
from console.query import Query
from console.wording import UNKNOWN, age, count, duration_ms, rate

__all__ = [
    "DEAD_LETTERS",
    "PACE",
    "SILENT_SECONDS",
    "WORKERS",
    "Agent",
    "DeadLetterRow",
    "PaceRow",
    "Pipeline",
    "WorkerRow",
    "alive",
    "pipeline",
]

SILENT_SECONDS = 20.0
"""Agents report every second or two; ten missed reports are more than a busy machine (chosen, not tuned)."""


@dataclass(frozen=True)
class WorkerRow:
    """The last word of one agent in one worker."""

    worker: str
    agent: str
    heard_at: datetime
    state: str
    partitions: int
    lag: int
    oldest_unprocessed_seconds: float
    latency_p99_ms: float | None = None


@dataclass(frozen=True)
class PaceRow:
    """Events a second that reach Kafka, and the 99th percentile from there to the score."""

    events_per_second: float | None
    score_p99_ms: float | None


@dataclass(frozen=True)
class DeadLetterRow:
    """Refused records of the last day and of the last ten minutes."""

    last_day: int
    last_minutes: int
    last_reason: str
    last_topic: str


WORKERS = Query("workers", WorkerRow, every_seconds=2)
PACE = Query("pace", PaceRow, every_seconds=2)
DEAD_LETTERS = Query("dead_letters", DeadLetterRow, every_seconds=2)


@dataclass(frozen=True)
class Agent:
    """A row of the list of agents. `level` is the colour: "", soon or now."""

    key: str
    agent: str
    worker: str
    state: str
    waiting: str
    level: str


@dataclass(frozen=True)
class Pipeline:
    """Four figures and the agents."""

    events_per_second: str
    alert_p99: str
    alert_p99_label: str
    alert_p99_detail: str
    oldest: str
    dead_letters: str
    dead_letters_detail: str
    agents: tuple[Agent, ...]


def alive(workers: Sequence[WorkerRow], newest: datetime) -> list[WorkerRow]:
    """Choose those that reported lately, seen from the newest record that the store holds.

    Not seen from the wall clock: where nothing arrives any more, the agents are not the ones to blame.
    """
    return [row for row in workers if (newest - row.heard_at).total_seconds() <= SILENT_SECONDS]


def pipeline(
    workers: Sequence[WorkerRow], pace: PaceRow | None, dead: DeadLetterRow | None, newest: datetime
) -> Pipeline:
    """Write the panel."""
    living = alive(workers, newest)
    ages = [row.oldest_unprocessed_seconds for row in living]
    if dead is None:
        refused, detail = UNKNOWN, ""
    else:
        refused = count(dead.last_day)
        detail = (
            _("last: {topic}, {reason}", topic=dead.last_topic, reason=dead.last_reason)
            if dead.last_day
            else _("none in 24 h")
        )
    latency, label, parts = to_alert(living, pace)
    return Pipeline(
        events_per_second=rate(pace.events_per_second) if pace else UNKNOWN,
        alert_p99=duration_ms(latency),
        alert_p99_label=label,
        alert_p99_detail=parts,
        oldest=_("none") if ages and max(ages) == 0 else age(max(ages, default=None)),
        dead_letters=refused,
        dead_letters_detail=detail,
        agents=tuple(agent(row, newest) for row in shown(workers, newest)),
    )


def to_alert(living: Sequence[WorkerRow], pace: PaceRow | None) -> tuple[float | None, str, str]:
    """Say how long the slowest hundredth takes, in ms, what that is, and what it is made of.

    Both ways added are an upper bound: the slowest payment need not be the slowest score as well.
    """
    scored = pace.score_p99_ms if pace else None
    judged = [row.latency_p99_ms for row in living if row.agent == "judge" and row.latency_p99_ms is not None]
    if not judged:
        return scored, _("Payment to score, p99"), _("last minute")
    if scored is None:
        return max(judged), _("Event to alert, p99"), _("from the score on")
    parts = _(
        "score {score} + judge {judge}",
        score=duration_ms(scored),
        judge=duration_ms(max(judged)),
    )
    return scored + max(judged), _("Event to alert, p99"), parts


def shown(workers: Sequence[WorkerRow], newest: datetime) -> list[WorkerRow]:
    """Drop the dead whose agent lives on elsewhere: a restarted worker has another name."""
    living = {row.agent for row in alive(workers, newest)}
    return [row for row in workers if row in alive(workers, newest) or row.agent not in living]


def agent(row: WorkerRow, newest: datetime) -> Agent:
    """Write one agent."""
    silent = (newest - row.heard_at).total_seconds()
    if silent > SILENT_SECONDS:
        state, level = _("silent for {age}", age=age(silent)), "now"
    else:
        state, level = _(row.state), "" if row.state == "running" else "soon"
    return Agent(
        key=f"{row.agent}|{row.worker}",
        agent=row.agent,
        worker=row.worker,
        state=state,
        waiting=_("nothing waiting")
        if row.lag == 0
        else ngettext("{number} event waiting", "{number} events waiting", row.lag),
        level=level,
    )
