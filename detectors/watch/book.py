"""The book of alerts: findings become alerts, answers close them, and each is told once."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from math import floor, inf
from typing import Literal

from detectors.watch.entry import Entry, alert_of, is_closed, moment, updated
from detectors.watch.finding import Finding
from detectors.watch.quiet import Quiet
from schemas.alert import Alert, AlertAnswer, AlertPayment
from schemas.alert_action import AlertAction
from schemas.answer import Answer
from schemas.origin import Origin

__all__ = ["PAYMENT_KINDS", "AlertBook", "Outcome"]

Outcome = Literal["accepted", "repeated", "overtaken", "unknown", "unfit"]

PAYMENT_KINDS = frozenset({"payment_fraud", "card_spree", "card_testing", "terminal_fraud"})
"""Kinds that are answered with fraud or genuine; all others with real or false alarm."""

HOUR_SECONDS, DAY_SECONDS = 3_600.0, 86_400.0

STALE_SECONDS = 7 * DAY_SECONDS
"""An open alert without any news for so long is over: nobody acts on it any more. Chosen, not tuned."""

KEPT_SECONDS = 45 * DAY_SECONDS
"""As long as Kafka keeps alerts."""

CAPACITY = 20_000
"""Alerts held: 440 a day for 45 days, at 4 kB each 80 MB. Chosen, not tuned."""

PAUSE_SECONDS = 5.0
"""Between two records of an alert whose figures alone grow: as often as people look. Chosen, not tuned."""


class AlertBook:
    """All alerts of the last weeks.

    A finding that is reported again updates its alert, a closed one too; only a watcher that takes back the
    end, or a withdrawn answer, opens it again. An answer counts if it names the one that stands, so of two
    given at the same time exactly one does.

    Cost: 30 µs a finding; 1 µs when nothing changed.

    Parameters
    ----------
    capacity
        Alerts held at most; the oldest closed ones go first.

    Attributes
    ----------
    outcomes
        What became of answers, counted.
    unknown_actions
        How many silences named no alert held.

    """

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._entries: dict[str, Entry] = {}
        self._news: dict[str, None] = {}
        self._paused: dict[str, None] = {}
        self._quiet = Quiet()
        self._capacity = capacity
        self._swept_hour = -inf
        self.outcomes: Counter[Outcome] = Counter()
        self.unknown_actions = 0

    def __len__(self) -> int:
        """Count the alerts held."""
        return len(self._entries)

    def __getitem__(self, alert_id: str) -> Alert:
        """Give an alert as it stands."""
        return self._entries[alert_id].alert

    def payments_of(self, alert_id: str) -> tuple[AlertPayment, ...]:
        """Give the payments that an alert names; none if it is not held."""
        entry = self._entries.get(alert_id)
        return () if entry is None else entry.alert.payments

    def resume(self, alert: Alert) -> bool:
        """Take in an alert that was written before this book was made; say whether it is news.

        One that is known as new changes nothing.
        """
        entry = self._entries.get(alert.alert_id)
        if entry is not None and entry.written is not None and entry.written.updated_at >= alert.updated_at:
            return False
        self._entries[alert.alert_id] = Entry(alert, alert)
        self._quiet.heed(alert)
        self._make_room()
        return True

    def report(self, findings: Iterable[Finding], *, at: datetime, now: float, origin: Origin) -> None:
        """Merge what watchers found into alerts.

        Parameters
        ----------
        findings
            New or changed ones.
        at
            Wall clock.
        now
            Event time up to which is known, in seconds since 1970.
        origin
            The input record that led to it.

        """
        self._begin_again(at, now)
        released = [one for one in self._quiet.released(now) if now - one.last_at <= STALE_SECONDS]
        # what was held back first: of one that is reported now too, the later state counts
        for finding in (*released, *findings):
            entry = self._entries.get(finding.alert_id)
            if entry is not None:
                self._update(entry, finding, at=at, now=now, origin=origin)
            elif self._quiet.holds(finding, now):
                continue
            else:
                noticed_at = moment(max(now, finding.last_at))
                self._entries[finding.alert_id] = Entry(
                    alert_of(finding, at=at, noticed_at=noticed_at, origin=origin)
                )
                self._make_room()
            self._news[finding.alert_id] = None
        self._sweep(at, now)

    def answer(self, answer: Answer, *, at: datetime, origin: Origin) -> Outcome:
        """Let an answer count, or say why it does not; then nothing has changed.

        `repeated` = it stands already; `overtaken` = another one stands than it replaces; `unknown` = no such
        alert; `unfit` = its verdict does not go with the kind of alert, or there is nothing to withdraw.
        """
        outcome = self._judge(answer)
        self.outcomes[outcome] += 1
        if outcome == "accepted":
            said = AlertAnswer(answer_id=answer.answer_id, verdict=answer.verdict, by=answer.by, at=answer.at)
            entry = self._entries[answer.alert_id]
            entry.alert = entry.alert.model_copy(
                update={"answer": said, "effect": None, "updated_at": at, "origin": origin}
            )
            self._quiet.heed(entry.alert)
            self._news[answer.alert_id] = None
        return outcome

    def _judge(self, answer: Answer) -> Outcome:
        entry = self._entries.get(answer.alert_id)
        if entry is None:
            return "unknown"
        standing = entry.alert.answer
        if standing is not None and standing.answer_id == answer.answer_id:
            return "repeated"
        if answer.replaces != (None if standing is None else standing.answer_id):
            return "overtaken"
        if answer.verdict == "withdrawn":
            return "accepted" if standing is not None and standing.verdict != "withdrawn" else "unfit"
        about_payments = entry.alert.kind in PAYMENT_KINDS
        return "accepted" if about_payments == (answer.verdict in ("fraud", "genuine")) else "unfit"

    def explain(self, alert_id: str, effect: str) -> None:
        """Note what the answer that stands has changed."""
        entry = self._entries[alert_id]
        entry.alert = entry.alert.model_copy(update={"effect": effect})
        self._news[alert_id] = None

    def act(self, action: AlertAction, *, at: datetime, now: float, origin: Origin) -> None:
        """Let a silence begin; no other action changes anything here, nor does a silence that is over.

        An alert that is open ends with it, unless its weekly hours are to come, and begins again when the
        silence is over, if it lasts until then. Of silences about the same the longest counts, so one that
        comes again changes nothing. While state is rebuilt an alert is found as its silence left it: with its
        end when the silence began.

        Parameters
        ----------
        action
            What somebody did.
        at, now, origin
            As of `report`.

        """
        if action.action != "silence" or action.until is None:
            return
        entry = self._entries.get(action.alert_id)
        if entry is None:
            self.unknown_actions += 1
            return
        until = action.until.timestamp()
        if now >= until:
            return
        self._quiet.silence(entry.alert, until, action.weekly)
        if not self._quiet.is_silent(entry.alert, now):
            return
        if not is_closed(entry.alert):
            ended = {"until": action.at, "updated_at": at, "origin": origin}
            entry.alert = entry.alert.model_copy(update=ended)
            self._news[action.alert_id] = None
        if entry.alert.until == action.at:
            self._quiet.note(entry.alert, lasts=True)

    def _update(self, entry: Entry, finding: Finding, *, at: datetime, now: float, origin: Origin) -> None:
        """Bring an alert up to what was found; one that has ended does not begin again during a silence."""
        before = entry.alert
        entry.alert = updated(before, finding, at=at, origin=origin)
        if before.until is not None and self._quiet.is_silent(before, now):
            entry.alert = entry.alert.model_copy(update={"until": entry.alert.until or before.until})
            self._quiet.note(before, lasts=finding.until is None)

    def _begin_again(self, at: datetime, now: float) -> None:
        """Open what a silence ended and what lasts still, now that the silence is over."""
        for alert_id in self._quiet.begun_again(now):
            entry = self._entries.get(alert_id)
            if entry is not None and now - entry.alert.last_at.timestamp() <= STALE_SECONDS:
                entry.alert = entry.alert.model_copy(update={"until": None, "updated_at": at})
                self._news[alert_id] = None

    def quiet_until(self, alert: Alert) -> float | None:
        """Say until when the answer to an alert keeps its like quiet, in seconds since 1970; None = not."""
        return self._quiet.until(alert)

    def due(self, at: datetime) -> list[Alert]:
        """Hand out the alerts that differ from what was written; they count as written from now on.

        One whose figures alone have grown waits until its last record is `PAUSE_SECONDS` old.

        Parameters
        ----------
        at
            Wall clock.

        """
        rested = [one for one in self._paused if self._entries[one].age(at) >= PAUSE_SECONDS]
        out = []
        for alert_id in dict.fromkeys([*self._news, *rested]):
            entry = self._entries[alert_id]
            self._paused.pop(alert_id, None)
            if not entry.is_news():
                continue
            if entry.age(at) < PAUSE_SECONDS and not entry.is_urgent():
                self._paused[alert_id] = None
                continue
            entry.written = entry.alert = entry.alert.model_copy(update={"updated_at": at})
            out.append(entry.alert)
        self._news.clear()
        return out

    def _sweep(self, at: datetime, now: float) -> None:
        """Once an hour of event time: end what is stale, forget what is old."""
        if now == -inf or (hour := floor(now / HOUR_SECONDS)) <= self._swept_hour:
            return
        self._swept_hour = hour
        for alert_id, entry in list(self._entries.items()):
            age = now - entry.alert.last_at.timestamp()
            if age > KEPT_SECONDS and is_closed(entry.alert):
                self._forget(alert_id)
            elif age > STALE_SECONDS and not is_closed(entry.alert):
                entry.alert = entry.alert.model_copy(update={"until": entry.alert.last_at, "updated_at": at})
                self._news[alert_id] = None

    def _make_room(self) -> None:
        """Forget the oldest closed alert, or else the oldest, if there are too many."""
        if len(self._entries) > self._capacity:
            closed = (alert_id for alert_id, entry in self._entries.items() if is_closed(entry.alert))
            self._forget(next(closed, next(iter(self._entries))))

    def _forget(self, alert_id: str) -> None:
        del self._entries[alert_id]
        self._news.pop(alert_id, None)
        self._paused.pop(alert_id, None)
