"""The sentence on top: the worst thing first, in words that say what to do with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.panels.pipeline import DeadLetterRow, WorkerRow, alive
from console.wording import age, percent, plural

__all__ = ["Level", "Situation", "Status", "status"]

Level = Literal["normal", "soon", "now", "missing", "loading"]
ICONS: dict[Level, str] = {"normal": "", "soon": "▲", "now": "●", "missing": "▨", "loading": "…"}

STALE_SECONDS = 10.0
LAG_SOON_SECONDS = 10.0
LAG_NOW_SECONDS = 60.0
COMPLETE_ENOUGH = 0.995
"""All four from the page's specification; below the last, figures carry a mark."""


@dataclass(frozen=True)
class Status:
    """A level, its sign and its sentence; `age` changes every second and is therefore kept apart."""

    level: Level
    icon: str
    sentence: str
    age: str
    progress: float | None = None


@dataclass(frozen=True)
class Situation:
    """What the sentence depends on. Times are wall clock.

    `store_problem` says why the store cannot be asked, `newest` when the newest record of any kind reached
    Kafka, `shown_from` when the figures on the page were read (None = never).
    """

    wall: datetime
    waiting_since: str
    store_problem: str | None
    shown_from: str | None
    newest: datetime | None
    newest_text: str
    loading_progress: float | None
    workers: tuple[WorkerRow, ...]
    dead_letters: DeadLetterRow | None
    completeness: float | None
    open_stores: tuple[int, int] | None


def status(situation: Situation) -> Status:
    """Choose the sentence."""
    unknown = no_data(situation)
    if unknown is not None:
        return unknown
    if situation.loading_progress is not None:
        share = percent(situation.loading_progress, 0)
        return Status(
            "loading",
            ICONS["loading"],
            f"Loading the history: {share}. Figures are complete when it ends.",
            "",
            situation.loading_progress,
        )
    problems = find_problems(situation)
    assert situation.newest is not None  # noqa: S101  # otherwise no_data() had spoken
    if not problems:
        old = age((situation.wall - situation.newest).total_seconds())
        return Status("normal", ICONS["normal"], f"All normal. {facts(situation)}", f", {old} old.")
    level, sentence = problems[0]
    more = f" {len(problems) - 1} more." if len(problems) > 1 else ""
    opening = {"now": "Act now: ", "soon": "Look soon: "}.get(level, "")
    return Status(level, ICONS[level], f"{opening}{sentence}{more}", "")


def no_data(situation: Situation) -> Status | None:
    """Say what is missing, since when, and what is still shown; None if data flow."""
    missing = ICONS["missing"]
    if situation.store_problem is not None:
        if situation.shown_from is None:
            return Status(
                "missing", missing, f"Waiting since {situation.waiting_since}: {situation.store_problem}", ""
            )
        return Status(
            "missing",
            missing,
            f"No data since {situation.shown_from}, last figures shown. {situation.store_problem}",
            "",
        )
    if situation.newest is None:
        return Status("missing", missing, f"Waiting for the first event since {situation.waiting_since}.", "")
    silent = (situation.wall - situation.newest).total_seconds()
    if silent > STALE_SECONDS and situation.loading_progress is None:
        return Status(
            "missing",
            missing,
            f"No data since {situation.newest_text}, last figures shown. "
            "ClickHouse answers; nothing new arrives there.",
            "",
        )
    return None


def find_problems(situation: Situation) -> list[tuple[Level, str]]:
    """List what is wrong, worst first."""
    found: list[tuple[Level, str]] = []
    living = alive(situation.workers, situation.newest or situation.wall)
    scoring = [row for row in living if row.agent == "fraud"]
    if not scoring:
        last = max((row.heard_at for row in situation.workers if row.agent == "fraud"), default=None)
        what = "no fraud agent has reported yet"
        if last is not None:
            what = f"the fraud agent has been silent for {age((situation.wall - last).total_seconds())}"
        found.append(("now", f"{what}; payments are not being scored."))
    for row in sorted(living, key=lambda row: -row.oldest_unprocessed_seconds):
        behind = row.oldest_unprocessed_seconds
        if row.state == "running" and behind > LAG_SOON_SECONDS:
            level: Level = "now" if behind > LAG_NOW_SECONDS else "soon"
            found.append(
                (level, f"the {row.agent} agent is {age(behind)} behind, {plural(row.lag, 'event')} waiting.")
            )
        elif row.state != "running":
            found.append(("soon", f"the {row.agent} agent is {row.state}; its figures stand still."))
    if situation.completeness is not None and situation.completeness < COMPLETE_ENOUGH:
        missing = percent(1 - situation.completeness)
        found.append(
            ("soon", f"{missing} of the events that sources sent have not arrived; figures are too low.")
        )
    dead = situation.dead_letters
    if dead is not None and dead.last_minutes:
        records = plural(dead.last_minutes, "record")
        found.append(
            (
                "soon",
                f"{records} refused in the last 10 minutes, latest of {dead.last_topic}: {dead.last_reason}.",
            )
        )
    return sorted(found, key=lambda problem: problem[0] != "now")


def facts(situation: Situation) -> str:
    """Say what "normal" rests on."""
    parts = []
    if situation.open_stores is not None and situation.open_stores[1]:
        parts.append(f"{situation.open_stores[0]} of {plural(situation.open_stores[1], 'store')} open")
    if situation.completeness is not None:
        parts.append(f"data {completeness_text(situation.completeness)} complete")
    else:
        parts.append("completeness of data not known")
    text = ", ".join(parts)
    return text[0].upper() + text[1:]


def completeness_text(ratio: float) -> str:
    """Write a completeness; 100 % only if nothing at all is missing."""
    return "100 %" if ratio >= 1 else percent(min(ratio, 0.999))
