"""The sentence on top: the worst thing first, in words that say what to do with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.language import _, ngettext
from console.panels.open_alerts import AlertRow, headline
from console.panels.pipeline import DeadLetterRow, WorkerRow, alive
from console.panels.synthetic import SyntheticRow, silent_for
from console.wording import age, money, percent

__all__ = [
    "COMPLETE_ENOUGH",
    "LAG_NOW_SECONDS",
    "LAG_SOON_SECONDS",
    "STALE_SECONDS",
    "Level",
    "Situation",
    "Status",
    "data_status",
    "status",
    "watching_problems",
]

Level = Literal["normal", "soon", "now", "silent", "missing", "loading"]
ICONS: dict[Level, str] = {
    "normal": "", "soon": "▲", "now": "●", "silent": "▨", "missing": "▨", "loading": "…"
}  # fmt: skip

STALE_SECONDS = 10.0
LAG_SOON_SECONDS = 10.0
LAG_NOW_SECONDS = 60.0
COMPLETE_ENOUGH = 0.995
"""All four from the page's specification; below the last, figures carry a mark."""


@dataclass(frozen=True)
class Status:
    """A level, its sign and its sentence; `age` changes every second and is therefore a sentence of its own.

    `address` is where the sentence leads: the alert that it speaks of, or nowhere.
    """

    level: Level
    icon: str
    sentence: str
    age: str
    progress: float | None = None
    address: str = ""


@dataclass(frozen=True)
class Problem:
    """Something wrong. `urgent` = somebody should act now."""

    level: Level
    sentence: str
    urgent: bool
    address: str = ""


@dataclass(frozen=True)
class Situation:
    """What the sentence depends on. Times are wall clock.

    `alerts` are open, worst first. `store_problem` says why the store cannot be asked, `newest` when the
    newest record of any kind reached Kafka, `shown_from` when the figures on the page were read (None =
    never).
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
    alerts: tuple[AlertRow, ...] = ()
    synthetic: SyntheticRow | None = None
    currency: str = "EUR"


def status(situation: Situation) -> Status:
    """Choose the sentence."""
    untrusted = data_status(situation)
    if untrusted is not None:
        return untrusted
    problems = find_problems(situation)
    assert situation.newest is not None  # noqa: S101  # otherwise no_data() had spoken
    if not problems:
        old = age((situation.wall - situation.newest).total_seconds())
        return Status(
            "normal",
            ICONS["normal"],
            all_normal(situation),
            _("Newest event {old} ago.", old=old),
        )
    worst = problems[0]
    more = " " + _("{number} more.", number=len(problems) - 1) if len(problems) > 1 else ""
    opening = _("Act now: {what}") if worst.urgent else _("Look soon: {what}")
    return Status(
        worst.level, ICONS[worst.level], opening.format(what=worst.sentence) + more, "", address=worst.address
    )


def data_status(situation: Situation) -> Status | None:
    """Say why the figures are not to be trusted, or not yet; None if they are."""
    if (unknown := no_data(situation)) is not None or situation.loading_progress is None:
        return unknown
    share = percent(situation.loading_progress, 0)
    sentence = _("Loading the history: {share}. Figures are complete when it ends.", share=share)
    return Status("loading", ICONS["loading"], sentence, "", situation.loading_progress)


def no_data(situation: Situation) -> Status | None:
    """Say what is missing, since when, and what is still shown; None if data flow."""
    missing = ICONS["missing"]
    if situation.store_problem is not None:
        if situation.shown_from is None:
            return Status(
                "missing",
                missing,
                _(
                    "Waiting since {waiting_since}: {store_problem}",
                    waiting_since=situation.waiting_since,
                    store_problem=situation.store_problem,
                ),
                "",
            )
        return Status(
            "missing",
            missing,
            _(
                "No data since {shown_from}, last figures shown. {store_problem}",
                shown_from=situation.shown_from,
                store_problem=situation.store_problem,
            ),
            "",
        )
    if situation.newest is None and situation.loading_progress is None:
        return Status(
            "missing",
            missing,
            _("Waiting for the first event since {waiting_since}.", waiting_since=situation.waiting_since),
            "",
        )
    if situation.newest is None or situation.loading_progress is not None:
        return None
    if (situation.wall - situation.newest).total_seconds() > STALE_SECONDS:
        return Status(
            "missing",
            missing,
            _(
                "No data since {newest_text}, last figures shown. ClickHouse answers; nothing "
                "new arrives there.",
                newest_text=situation.newest_text,
            ),
            "",
        )
    return None


def find_problems(situation: Situation) -> list[Problem]:
    """List what is wrong, worst first: what nobody watches, then what the alerts say, then the rest."""
    watching = watching_problems(situation)
    alerts = [alert_problem(row, situation.currency) for row in situation.alerts]
    rest = data_problems(situation)
    return sorted([*watching, *alerts, *rest], key=lambda problem: not problem.urgent)


def alert_problem(row: AlertRow, currency: str) -> Problem:
    """Make the sentence of an alert, with what it costs an hour unless it says so itself."""
    sentence = f"{headline(row)}."
    if row.per_hour_minor and "an hour" not in sentence:
        sentence = _(
            "{what}, about {money} an hour lost.",
            what=headline(row),
            money=money(row.per_hour_minor, currency),
        )
    return Problem(row.level, sentence, row.severity == "now", row.address)


def watching_problems(situation: Situation) -> list[Problem]:
    """List the agents that are silent, behind or not at work, and whether the way to an alert is open."""
    found: list[Problem] = []
    living = alive(situation.workers, situation.newest or situation.wall)
    scoring = [row for row in living if row.agent == "fraud"]
    if not scoring:
        last = max((row.heard_at for row in situation.workers if row.agent == "fraud"), default=None)
        what = _("no fraud agent has reported yet")
        if last is not None:
            what = _(
                "the fraud agent has been silent for {age}", age=age((situation.wall - last).total_seconds())
            )
        found.append(Problem("now", _("{what}; payments are not being scored.", what=what), urgent=True))
    if (silent := silent_for(situation.synthetic, situation.wall)) is not None:
        sentence = _(
            "no synthetic payment has come through for {age}; alerts may not either.", age=age(silent)
        )
        found.append(Problem("silent", sentence, urgent=True, address="/pipeline"))
    for row in sorted(living, key=lambda row: -row.oldest_unprocessed_seconds):
        behind = row.oldest_unprocessed_seconds
        if row.state == "running" and behind > LAG_SOON_SECONDS:
            urgent = behind > LAG_NOW_SECONDS
            waiting = ngettext("{number} event", "{number} events", row.lag)
            sentence = _(
                "the {agent} agent is {age} behind, {waiting} waiting.",
                agent=row.agent,
                age=age(behind),
                waiting=waiting,
            )
            found.append(Problem("now" if urgent else "soon", sentence, urgent))
        elif row.state != "running":
            sentence = _(
                "the {agent} agent is {state}; its figures stand still.", agent=row.agent, state=_(row.state)
            )
            found.append(Problem("soon", sentence, urgent=False))
    return found


def data_problems(situation: Situation) -> list[Problem]:
    """List what is missing of the data, unless an alert about a silent source says it already."""
    found: list[Problem] = []
    explained = any(row.kind == "source_silent" for row in situation.alerts)
    if not explained and situation.completeness is not None and situation.completeness < COMPLETE_ENOUGH:
        missing = percent(1 - situation.completeness)
        sentence = _(
            "{missing} of the events that sources sent have not arrived; figures are too low.",
            missing=missing,
        )
        found.append(Problem("soon", sentence, urgent=False))
    dead = situation.dead_letters
    if dead is not None and dead.last_minutes:
        records = ngettext("{number} record", "{number} records", dead.last_minutes)
        sentence = _(
            "{records} refused in the last 10 minutes, latest of {last_topic}: {last_reason}.",
            records=records,
            last_topic=dead.last_topic,
            last_reason=dead.last_reason,
        )
        found.append(Problem("soon", sentence, urgent=False))
    return found


def all_normal(situation: Situation) -> str:
    """Say that nothing is wrong, and what that rests on."""
    share = None if situation.completeness is None else completeness_text(situation.completeness)
    if situation.open_stores is None or not situation.open_stores[1]:
        return (
            _("All normal. Completeness of data not known.")
            if share is None
            else _("All normal. Data {share} complete.", share=share)
        )
    is_open, number = situation.open_stores
    stores = ngettext("{number} store", "{number} stores", number)
    return (
        _(
            "All normal. {open} of {stores} open, completeness of data not known.",
            open=is_open,
            stores=stores,
        )
        if share is None
        else _(
            "All normal. {open} of {stores} open, data {share} complete.",
            open=is_open,
            stores=stores,
            share=share,
        )
    )


def completeness_text(ratio: float) -> str:
    """Write a completeness; 100 % only if nothing at all is missing."""
    return "100 %" if ratio >= 1 else percent(min(ratio, 0.999))
