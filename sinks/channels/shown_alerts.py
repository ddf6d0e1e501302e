"""Which records of `alerts` are news to somebody who reads them one below the other."""

from collections import OrderedDict
from typing import Literal, NamedTuple
from uuid import UUID

from schemas.alert import Alert

__all__ = ["MOST_REMEMBERED", "ShownAlerts"]

MOST_REMEMBERED = 50_000
"""Alerts, some 20 MB; one that was shown before all these counts as new again. Chosen, not tuned."""

News = Literal["new", "changed", "same"]


class State(NamedTuple):
    """What about an alert matters to a reader; its figures creep on with every record."""

    severity: str
    over: bool
    answer_id: UUID | None


class ShownAlerts:
    """Remembers in which state each alert was shown."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, State] = OrderedDict()

    def news(self, alert: Alert) -> News:
        """Say what a record is to the reader, and remember it."""
        answer_id = None if alert.answer is None else alert.answer.answer_id
        state = State(alert.severity, alert.until is not None, answer_id)
        before = self._states.pop(alert.alert_id, None)
        self._states[alert.alert_id] = state
        if len(self._states) > MOST_REMEMBERED:
            self._states.popitem(last=False)
        if before is None:
            return "new"
        return "same" if before == state else "changed"
