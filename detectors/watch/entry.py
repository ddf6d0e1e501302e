"""One alert in the book: what is known of it, and what readers were told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

from detectors.watch.finding import Finding
from detectors.watch.severity import severity
from schemas.alert import MAX_PAYMENTS, Alert
from schemas.origin import Origin

__all__ = ["Entry", "alert_of", "is_answered", "is_closed", "moment", "updated"]

LONGEST_SENTENCE = 400

UNSEEN = {"updated_at", "origin"}
"""Fields of an alert that tell a reader nothing about the finding."""

SEEN = [name for name in Alert.model_fields if name not in UNSEEN]

AT_ONCE = ("severity", "until", "answer", "effect")
"""Fields whose change nobody should have to wait for."""


@dataclass
class Entry:
    """An alert as it stands, and as it was last written; None = it was not written yet."""

    alert: Alert
    written: Alert | None = None

    def is_news(self) -> bool:
        """Whether a reader would see a difference to what was written."""
        return self._differs(SEEN)

    def is_urgent(self) -> bool:
        """Whether the difference is more than figures that grow."""
        return self._differs(AT_ONCE)

    def age(self, at: datetime) -> float:
        """Give the seconds of wall time since it was last written."""
        return inf if self.written is None else (at - self.written.updated_at).total_seconds()

    def _differs(self, names: "list[str] | tuple[str, ...]") -> bool:
        return self.written is None or any(
            getattr(self.alert, name) != getattr(self.written, name) for name in names
        )


def is_closed(alert: Alert) -> bool:
    """Whether nobody has to look at it any more: it ended, or somebody answered."""
    return alert.until is not None or is_answered(alert)


def is_answered(alert: Alert) -> bool:
    """Whether an answer stands."""
    return alert.answer is not None and alert.answer.verdict != "withdrawn"


def moment(seconds: float) -> datetime:
    """Turn seconds since 1970 into a datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def alert_of(finding: Finding, *, at: datetime, noticed_at: datetime, origin: Origin) -> Alert:
    """Make the alert of a finding that is reported for the first time."""
    known = finding.completeness
    return Alert(
        alert_id=finding.alert_id,
        kind=finding.kind,
        severity=severity(finding),
        entity_type=finding.entity_type,
        entity=finding.entity,
        store_id=finding.store_id,
        sentence=finding.sentence[:LONGEST_SENTENCE],
        reasons=finding.reasons,
        count=finding.count,
        money_at_risk_minor=finding.money_at_risk_minor,
        per_hour_minor=finding.per_hour_minor,
        since=moment(finding.since),
        noticed_at=noticed_at,
        last_at=moment(finding.last_at),
        until=None if finding.until is None else moment(finding.until),
        completeness=None if known is None else round(known, 3),
        watched=finding.watched,
        payments=finding.payments[-MAX_PAYMENTS:],
        counterfactual=finding.counterfactual,
        detector=finding.detector,
        model_version=finding.model_version,
        detected_at=at,
        updated_at=at,
        origin=origin,
    )


def updated(alert: Alert, finding: Finding, *, at: datetime, origin: Origin) -> Alert:
    """Bring an alert up to what was found since.

    When it was first raised stays. Its severity only rises: nobody can be un-woken. One that was answered
    does not begin again.
    """
    fresh = alert_of(finding, at=alert.detected_at, noticed_at=alert.noticed_at, origin=origin)
    return fresh.model_copy(
        update={
            "severity": "now" if alert.severity == "now" else fresh.severity,
            "since": min(alert.since, fresh.since),
            "last_at": max(alert.last_at, fresh.last_at),
            "until": (alert.until or fresh.until) if is_answered(alert) else fresh.until,
            "answer": alert.answer,
            "effect": alert.effect,
            "updated_at": at,
        }
    )
