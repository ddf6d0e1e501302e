"""Where somebody said false alarm: for some hours the same is not reported again."""

from typing import NamedTuple

from detectors.watch.finding import Finding
from schemas.alert import Alert, AlertKind

__all__ = ["QUIET_SECONDS", "Quiet"]

QUIET_SECONDS = 4 * 3_600.0
"""Half a shift: who looked and found nothing need not look again, the next shift may. Chosen, not tuned."""

Subject = tuple[AlertKind, str]


class Term(NamedTuple):
    """Until when, in seconds since 1970, and the alert whose answer said so."""

    until: float
    alert_id: str


class Quiet:
    """What stays quiet until when, by kind and entity, and what was found meanwhile.

    A finding that still lasts when its time is over is reported then; one that ended before never is.

    Cost: .2 µs a finding. Memory: one entry per kind and entity that was ever a false alarm.
    """

    def __init__(self) -> None:
        self._terms: dict[Subject, Term] = {}
        self._held: dict[str, Finding] = {}

    def until(self, alert: Alert) -> float | None:
        """Say until when the answer to an alert keeps its like quiet; None = it does not."""
        term = self._terms.get((alert.kind, alert.entity))
        return term.until if term is not None and term.alert_id == alert.alert_id else None

    def heed(self, alert: Alert) -> None:
        """Begin or end what the answer to an alert says; a longer term of another alert stays."""
        subject = (alert.kind, alert.entity)
        standing = self._terms.get(subject)
        if alert.answer is not None and alert.answer.verdict == "false_alarm":
            until = alert.answer.at.timestamp() + QUIET_SECONDS
            if standing is None or standing.until < until or standing.alert_id == alert.alert_id:
                self._terms[subject] = Term(until, alert.alert_id)
        elif standing is not None and standing.alert_id == alert.alert_id:
            del self._terms[subject]

    def holds(self, finding: Finding, now: float) -> bool:
        """Say whether a new finding is held back, and if so keep it while it lasts."""
        term = self._terms.get((finding.kind, finding.entity))
        if term is None or now >= term.until:
            self._held.pop(finding.alert_id, None)
            return False
        if finding.until is None:
            self._held[finding.alert_id] = finding
        else:
            self._held.pop(finding.alert_id, None)
        return True

    def released(self, now: float) -> list[Finding]:
        """Hand out what was held back and lasts still, now that its time is over."""
        if not self._held:
            return []
        out = []
        for finding in self._held.values():
            term = self._terms.get((finding.kind, finding.entity))
            if term is None or now >= term.until:
                out.append(finding)
        for finding in out:
            del self._held[finding.alert_id]
        return out
