"""Which records of `alerts` and `causes` are news to somebody who reads them one below the other."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from schemas.alert import Alert
from schemas.causes import Causes

__all__ = ["MOST_REMEMBERED", "ShownAlerts"]

MOST_REMEMBERED = 50_000
"""Alerts, some 20 MB; one that was shown before all these counts as new again. Chosen, not tuned."""

News = Literal["new", "changed", "same"]


class State(NamedTuple):
    """What about an alert matters to a reader; its figures creep on with every record."""

    severity: str
    over: bool
    answer_id: UUID | None


class Named(NamedTuple):
    """What about an explanation matters to a reader: what it names, not by how much."""

    metric: str
    evenly: bool
    causes: tuple[str, ...]


@dataclass
class Shown:
    """An alert as it was shown, and how it was explained then, if it was."""

    state: State
    named: Named | None = None


class ShownAlerts:
    """Remembers in which state each alert was shown, and what was said to explain it."""

    def __init__(self) -> None:
        self._shown: OrderedDict[str, Shown] = OrderedDict()

    def news(self, alert: Alert) -> News:
        """Say what a record is to the reader, and remember it."""
        answer_id = None if alert.answer is None else alert.answer.answer_id
        state = State(alert.severity, alert.until is not None, answer_id)
        before = self._shown.pop(alert.alert_id, None)
        self._shown[alert.alert_id] = Shown(state, None if before is None else before.named)
        if len(self._shown) > MOST_REMEMBERED:
            self._shown.popitem(last=False)
        if before is None:
            return "new"
        return "same" if before.state == state else "changed"

    def news_of_causes(self, causes: Causes) -> News | None:
        """Say what an explanation is to the reader, and remember it; None if its alert was not shown."""
        shown = self._shown.get(causes.alert_id)
        if shown is None:
            return None
        why = causes.explanation
        before, shown.named = (
            shown.named,
            Named(why.metric, why.evenly, tuple(one.words for one in why.causes)),
        )
        if before is None:
            return "new"
        return "same" if before == shown.named else "changed"
