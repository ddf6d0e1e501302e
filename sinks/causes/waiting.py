"""Which alerts wait for their explanation, each in its newest state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.alert import Alert
from sinks.causes.of_alert import measures_of

__all__ = ["Waiting"]

AGAIN = timedelta(minutes=5)
"""An alert that lasts is explained again once it has grown by so much event time. Chosen."""

REMEMBERED = 10_000


@dataclass
class Waiting:
    """Alerts to be explained, and what was explained of each before."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    """By id; the order is that in which they began to wait."""
    _done: dict[str, tuple[datetime, bool]] = field(default_factory=dict)

    def take(self, alert: Alert) -> None:
        """Let an alert wait if it is about a total, and new, over, or grown since it was explained."""
        if not measures_of(alert):
            return
        until, over = self._done.get(alert.alert_id, (None, False))
        grown = until is None or alert.last_at - until >= AGAIN
        if alert.alert_id in self.alerts or grown or (alert.until is not None and not over):
            self.alerts[alert.alert_id] = alert

    def explained(self, alert: Alert) -> None:
        """Note that an alert was explained in this state; one that changed meanwhile waits on."""
        self._done.pop(alert.alert_id, None)
        self._done[alert.alert_id] = alert.last_at, alert.until is not None
        while len(self._done) > REMEMBERED:
            self._done.pop(next(iter(self._done)))
        if self.alerts.get(alert.alert_id) is alert:
            del self.alerts[alert.alert_id]
