"""Why the total fell that an alert is about: asked of the store in the background, shown when it is there."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from console.alerts.kinds import NAMES
from console.alerts.times import clock_text
from console.language import _, ngettext
from detectors.causes.explain import SURE
from detectors.causes.words import amount, changed
from schemas.alert import Alert
from schemas.causes import Explanation, PartCause
from schemas.errors import Retry, Stop
from sinks.causes.of_alert import TOTAL_KINDS, explain_alert, measures_of
from sinks.connection import connect
from sinks.settings import ClickHouseSettings

__all__ = ["Explanations", "NearbyLine", "PartLine", "WherefromView"]

logger = logging.getLogger(__name__)

OPEN_SECONDS = 20.0
OVER_SECONDS = 600.0
"""How long an explanation is shown before it is asked for again, of alerts that last and that are over."""
REMEMBERED = 50


@dataclass(frozen=True)
class PartLine:
    """A cause: its words, a bar and a figure for its share, and what it is beside what is usual."""

    number: int
    words: str
    share: str
    bar: str
    figures: str


@dataclass(frozen=True)
class NearbyLine:
    """Something else that happened then."""

    number: int
    time: str
    what: str
    text: str
    href: str


@dataclass(frozen=True)
class WherefromView:
    """The section.

    `state` says what is shown: loading = being asked for, found = causes, empty = no single cause, error = it
    cannot be asked for; `text` says it in words.
    """

    state: Literal["loading", "found", "empty", "error"]
    text: str
    parts: tuple[PartLine, ...] = ()
    figures: str = ""
    nearby: tuple[NearbyLine, ...] = ()
    note: str = ""


@dataclass
class Held:
    """The last answer about an alert, and the task that asks for the next one."""

    taken: float = float("-inf")
    found: Explanation | None = None
    problem: str = ""
    task: asyncio.Task[None] | None = None


class Explanations:
    """Explains alerts on demand, one at a time, in a thread; while it asks again, what it knew stays.

    Parameters
    ----------
    store
        As a user who can only read.

    """

    def __init__(self, store: ClickHouseSettings) -> None:
        self._store = store
        self._held: dict[str, Held] = {}
        self._one_at_a_time = asyncio.Lock()

    def view(self, alert: Alert, *, now: datetime, zone: ZoneInfo) -> WherefromView | None:
        """Say what is known now, and ask for more in the background; None if no total can be taken apart."""
        if alert.kind not in TOTAL_KINDS or not measures_of(alert):
            return None
        held = self._held.pop(alert.alert_id, None) or Held()
        self._held[alert.alert_id] = held  # the youngest last, so that the oldest go
        while len(self._held) > REMEMBERED:
            forgotten = self._held.pop(next(iter(self._held)))
            if forgotten.task is not None:
                forgotten.task.cancel()
        age = time.monotonic() - held.taken
        due = age > (OPEN_SECONDS if alert.until is None else OVER_SECONDS)
        if due and (held.task is None or held.task.done()):
            held.task = asyncio.create_task(self._ask(alert, held))
        return shown(held, now=now, zone=zone)

    async def close(self) -> None:
        """Let go of what is being asked."""
        tasks = [held.task for held in self._held.values() if held.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, alert: Alert, held: Held) -> None:
        async with self._one_at_a_time:
            try:
                held.found = await asyncio.to_thread(self._explained, alert)
                held.problem = ""
            except Stop as error:
                held.problem = _("Not yet: {error}.", error=error)
            except Retry as error:
                logger.warning("not explained", extra={"alert_id": alert.alert_id, "error": str(error)[:500]})
                held.problem = _(
                    "ClickHouse at {host}:{port} does not answer.",
                    host=self._store.host,
                    port=self._store.port,
                )
            held.taken = time.monotonic()

    def _explained(self, alert: Alert) -> Explanation | None:
        client = connect(self._store)
        try:
            return explain_alert(client, alert)
        finally:
            client.close()


def shown(held: Held, *, now: datetime, zone: ZoneInfo) -> WherefromView:
    """Write what is held for people."""
    found = held.found
    if found is None and held.problem:
        return WherefromView("error", _("▨ This cannot be said now. {problem}", problem=held.problem))
    if found is None:
        return WherefromView("loading", _("Looking for the part of the business that this comes from…"))
    note = ngettext(
        "held against the same minutes of {number} earlier day",
        "held against the same minutes of {number} earlier days",
        found.days,
    )
    if held.problem:
        note += _("; as of {time}: {problem}", time=clock_text(found.until, now, zone), problem=held.problem)
    return WherefromView(
        "found" if found.causes else "empty",
        f"{found.sentence}.",
        parts=part_lines(found),
        figures="; ".join(one.text for one in found.figures),
        nearby=tuple(
            NearbyLine(
                number,
                clock_text(one.at, now, zone),
                _(NAMES.get(one.what, one.what.replace("_", " ").capitalize())),
                one.text,
                f"/alerts/{one.reference}" if one.reference and one.what in NAMES else "",
            )
            for number, one in enumerate(found.nearby, 1)
        ),
        note=note,
    )


def part_lines(found: Explanation) -> tuple[PartLine, ...]:
    """List the causes and the rest; nothing where there is no cause."""
    if not found.causes:
        return ()
    if found.surprise < SURE:
        # shares of next to nothing say nothing: each part's own change does
        return tuple(
            PartLine(
                number,
                cause.words,
                changed(cause.actual, cause.expected),
                own_bar(cause),
                usual(cause, found),
            )
            for number, cause in enumerate(found.causes, 1)
        )
    lines = [
        PartLine(
            number,
            _("the rest {words}", words=cause.words) if cause.partly else cause.words,
            percent(cause.share),
            bar(cause.share),
            usual(cause, found),
        )
        for number, cause in enumerate(found.causes, 1)
    ]
    if abs(found.mix_share) >= 0.005:
        lines.append(
            PartLine(
                len(lines) + 1,
                _("parts have other sizes"),
                percent(found.mix_share),
                bar(found.mix_share),
                "",
            )
        )
    lines.append(
        PartLine(len(lines) + 1, _("everything else"), percent(found.rest_share), bar(found.rest_share), "")
    )
    return tuple(lines)


def usual(cause: PartCause, found: Explanation) -> str:
    """Write what a part is beside what it usually is."""
    return _(
        "{amount}, usually {usual}",
        amount=amount(cause.actual, found.unit),
        usual=amount(cause.expected, found.unit),
    )


def own_bar(cause: PartCause) -> str:
    """Give a bar for how much of itself a part lost or gained."""
    return bar(abs(cause.change) / max(cause.expected, cause.actual, 1e-9))


def percent(share: float) -> str:
    """Write a share of the change; what went the other way is negative."""
    return f"{100 * share:.0f} %".replace("-0 %", "0 %").replace("-", "−")


def bar(share: float) -> str:
    """Give a bar's length."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}%"
