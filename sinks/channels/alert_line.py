"""An alert, or what explains it, as one line for people."""

from datetime import datetime, tzinfo
from typing import Literal, NamedTuple

from detectors.watch.wording import money
from schemas.alert import Alert
from schemas.causes import Causes

__all__ = ["AlertLine", "Tone", "alert_line", "causes_line"]

Tone = Literal["now", "soon", "over", "why"]
WORDS: dict[Tone, str] = {"now": "● now ", "soon": "▲ soon", "over": "✓ over", "why": "  why "}


class AlertLine(NamedTuple):
    """The parts of a line, from left to right; `tone` chooses the colour of `word`."""

    time: str
    mark: str
    word: str
    sentence: str
    money: str
    answer: str
    alert_id: str
    tone: Tone


def alert_line(alert: Alert, *, update: bool, zone: tzinfo | None, currency: str) -> AlertLine:
    """Write an alert for a terminal.

    Parameters
    ----------
    alert
        As it stands.
    update
        It was shown before; marked ↻.
    zone
        Of the reader; None = this machine's.
    currency
        Of its amounts, ISO 4217.

    """
    tone: Tone = "over" if alert.until is not None else alert.severity
    at = moment(alert) if update else alert.noticed_at
    answer = ""
    if alert.answer is not None:
        answer = f"{alert.answer.verdict.replace('_', ' ')} ({alert.answer.by})"
        if alert.effect is not None:
            answer += f": {alert.effect}"
    return AlertLine(
        time=f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        mark="↻" if update else " ",
        word=WORDS[tone],
        sentence=harmless(alert.sentence),
        money=f"{money(alert.money_at_risk_minor, currency)} at risk" if alert.money_at_risk_minor else "",
        answer=harmless(answer),
        alert_id=harmless(alert.alert_id),
        tone=tone,
    )


def causes_line(causes: Causes, *, zone: tzinfo | None) -> AlertLine:
    """Write what explains an alert that was shown before; marked ↳, with the end of what was looked at."""
    return AlertLine(
        time=f"{causes.explanation.until.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        mark="↳",
        word=WORDS["why"],
        sentence=harmless(causes.explanation.sentence),
        money="",
        answer="",
        alert_id=harmless(causes.alert_id),
        tone="why",
    )


def moment(alert: Alert) -> datetime:
    """Give the event time of what is newest about an alert."""
    at = alert.last_at if alert.until is None else alert.until
    return at if alert.answer is None else max(at, alert.answer.at)


def harmless(text: str) -> str:
    """Replace what a terminal would obey instead of showing; names come from whoever sends events."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
