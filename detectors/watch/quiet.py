"""What is not reported for a while: the like of a false alarm for some hours, of a silence until its end.

A silence may come again by weekday and hour; then it holds within those hours alone.
"""

from datetime import UTC, datetime
from math import inf
from typing import NamedTuple

from detectors.watch.finding import Finding
from schemas.alert import Alert, AlertKind, EntityType
from schemas.weekly_hours import WeeklyHours

__all__ = ["QUIET_SECONDS", "Quiet"]

QUIET_SECONDS = 4 * 3_600.0
"""Half a shift: who looked and found nothing need not look again, the next shift may. Chosen, not tuned."""

Subject = tuple[AlertKind, EntityType, str]


class Term(NamedTuple):
    """Until when, in seconds since 1970, and the alert whose answer said so."""

    until: float
    alert_id: str


class Weekly(NamedTuple):
    """A silence of some hours of the week, and its end in seconds since 1970."""

    hours: WeeklyHours
    until: float


class Quiet:
    """What stays quiet until when, by kind and entity, and what was found meanwhile.

    A finding that still lasts when its time is over is reported then; one that ended before never is.

    Cost: .3 µs a finding, 12 more for each weekly silence about the same. Memory: one entry per kind and
    entity that was ever a false alarm or silenced.
    """

    def __init__(self) -> None:
        self._terms: dict[Subject, Term] = {}
        self._silences: dict[Subject, float] = {}
        self._weekly: dict[Subject, list[Weekly]] = {}
        self._held: dict[str, Finding] = {}
        self._ended: dict[str, Subject] = {}

    def until(self, alert: Alert) -> float | None:
        """Say until when the answer to an alert keeps its like quiet; None = it does not."""
        term = self._terms.get(subject_of(alert))
        return term.until if term is not None and term.alert_id == alert.alert_id else None

    def heed(self, alert: Alert) -> None:
        """Begin or end what the answer to an alert says; a longer term of another alert stays."""
        subject = subject_of(alert)
        standing = self._terms.get(subject)
        if alert.answer is not None and alert.answer.verdict == "false_alarm":
            until = alert.answer.at.timestamp() + QUIET_SECONDS
            if standing is None or standing.until < until or standing.alert_id == alert.alert_id:
                self._terms[subject] = Term(until, alert.alert_id)
        elif standing is not None and standing.alert_id == alert.alert_id:
            del self._terms[subject]

    def silence(self, alert: Alert, until: float, weekly: WeeklyHours | None = None) -> None:
        """Keep the like of an alert quiet, in seconds since 1970; a longer one of the same hours stays."""
        subject = subject_of(alert)
        if weekly is None:
            self._silences[subject] = max(until, self._silences.get(subject, -inf))
        else:
            known = self._weekly.get(subject, [])
            longest = max([until, *(one.until for one in known if one.hours == weekly)])
            others = [one for one in known if one.hours != weekly]
            self._weekly[subject] = [*others, Weekly(weekly, longest)]

    def is_silent(self, alert: Alert, now: float) -> bool:
        """Say whether a silence about what the alert is about lasts."""
        return now < self._silent_until(subject_of(alert), now)

    def note(self, alert: Alert, *, lasts: bool) -> None:
        """Note whether what a silenced alert is about lasts, so that it begins again after the silence."""
        if lasts:
            self._ended[alert.alert_id] = subject_of(alert)
        else:
            self._ended.pop(alert.alert_id, None)

    def holds(self, finding: Finding, now: float) -> bool:
        """Say whether a new finding is held back, and if so keep it while it lasts."""
        if now >= self._end(subject_of(finding), now):
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
        out = [finding for finding in self._held.values() if now >= self._end(subject_of(finding), now)]
        for finding in out:
            del self._held[finding.alert_id]
        return out

    def begun_again(self, now: float) -> list[str]:
        """Hand out the alerts whose silence is over and that last still."""
        if not self._ended:
            return []
        out = [one for one, subject in self._ended.items() if now >= self._silent_until(subject, now)]
        for alert_id in out:
            del self._ended[alert_id]
        return out

    def _end(self, subject: Subject, now: float) -> float:
        """Give the moment from which nothing that holds now keeps it quiet any more."""
        term = self._terms.get(subject)
        silence = self._silent_until(subject, now)
        return silence if term is None else max(term.until, silence)

    def _silent_until(self, subject: Subject, now: float) -> float:
        """Give the end of what silences it now; of weekly hours that of this time."""
        until = self._silences.get(subject, -inf)
        weekly = self._weekly.get(subject)
        if weekly is None:
            return until
        moment = datetime.fromtimestamp(now, UTC)
        ends = ((one.hours.end_at(moment), one.until) for one in weekly if now < one.until)
        return max([until, *(min(end.timestamp(), last) for end, last in ends if end is not None)])


def subject_of(one: Alert | Finding) -> Subject:
    """Give what an alert or a finding is about, whenever it is found."""
    return (one.kind, one.entity_type, one.entity)
