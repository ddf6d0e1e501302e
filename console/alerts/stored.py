"""Alerts as the store keeps them: the queries of the page, the types of their rows, and the way back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from console.query import Query
from schemas.alert import (
    Alert,
    AlertAnswer,
    AlertCounterfactual,
    AlertKind,
    AlertPayment,
    AlertReason,
    EntityType,
    Severity,
)
from schemas.alert import WatchedSeries as Watched
from schemas.alert_action import ActionKind
from schemas.answer import AnswerVerdict
from schemas.origin import Origin

__all__ = [
    "ACTED",
    "ANSWERED",
    "COUNTED",
    "HIDDEN",
    "LISTED",
    "LIST_LIMIT",
    "ONE",
    "PAYMENTS",
    "PLAYBOOKS",
    "WATCHING",
    "ActedRow",
    "AnsweredRow",
    "CountedRow",
    "HiddenRow",
    "ListedRow",
    "OneRow",
    "PaymentRow",
    "PlaybookRow",
    "WatchingRow",
]

LIST_LIMIT = 500
"""As in listed.sql; what is older is counted and not listed."""


@dataclass(frozen=True)
class ListedRow:
    """A finding without its reasons and payments."""

    alert_id: str
    kind: AlertKind
    severity: Severity
    entity_type: EntityType
    entity: str
    store_id: str
    sentence: str
    events: int
    money_at_risk_minor: int
    per_hour_minor: int | None
    since: datetime
    noticed_at: datetime
    last_at: datetime
    until: datetime | None
    verdict: str
    answered_by: str
    answered_at: datetime | None
    effect: str | None
    updated_at: datetime
    held_by: str
    escalated_by: str
    open: bool

    @property
    def category(self) -> str:
        """The category of goods that it is about; empty = none."""
        return self.entity if self.entity_type == "category" else ""

    @property
    def settled_at(self) -> datetime | None:
        """When it was settled, event time: answered or over by itself, whichever was first."""
        answered = self.answered_at if self.verdict not in ("", "withdrawn") else None
        return min((moment for moment in (answered, self.until) if moment is not None), default=None)


@dataclass(frozen=True)
class CountedRow:
    """All findings, and the open ones."""

    findings: int
    open: int


@dataclass(frozen=True)
class WatchingRow:
    """What is being watched, and when somebody last looked."""

    series: int
    payments_per_minute: float
    judged_at: datetime | None
    newest: datetime | None


@dataclass(frozen=True)
class AnsweredRow:
    """An answer, accepted or not."""

    answer_id: UUID
    verdict: AnswerVerdict
    by: str
    at: datetime


@dataclass(frozen=True)
class ActedRow:
    """Something that somebody did besides answering."""

    action_id: UUID
    action: ActionKind
    by: str
    at: datetime
    to_whom: str
    text: str
    until: datetime | None
    weekly_days: list[int]
    weekly_begins: str
    weekly_ends: str


@dataclass(frozen=True)
class PlaybookRow:
    """A change of a playbook; without steps the built-in ones count, an empty entity type is any other."""

    playbook_id: UUID
    kind: AlertKind
    entity_type: str
    steps: list[str]
    by: str
    at: datetime


@dataclass(frozen=True)
class HiddenRow:
    """An alert that a silence would have hidden; the verdict is empty where nobody answered it."""

    noticed_at: datetime
    verdict: str


@dataclass(frozen=True)
class PaymentRow:
    """What the scores know of a payment beyond what its alert carries."""

    event_id: UUID
    store_id: str
    status: str
    channel: str
    reporting_minor: int | None
    score: float | None
    rules: list[str]


@dataclass(frozen=True)
class OneRow:
    """A finding with everything about it."""

    alert_id: str
    kind: AlertKind
    severity: Severity
    entity_type: EntityType
    entity: str
    store_id: str | None
    sentence: str
    reasons_text: list[str]
    reasons_value: list[float]
    reasons_usual: list[float | None]
    reasons_unit: list[str]
    reasons_weight: list[float]
    events: int
    money_at_risk_minor: int
    per_hour_minor: int | None
    since: datetime
    noticed_at: datetime
    last_at: datetime
    until: datetime | None
    completeness: float | None
    watched_series: str | None
    watched_store_id: str | None
    watched_channel: str | None
    watched_category: str | None
    payments_event_id: list[UUID]
    payments_payment_id: list[str | None]
    payments_customer_id: list[str | None]
    payments_terminal_id: list[str]
    payments_occurred_at: list[datetime]
    payments_amount_minor: list[int | None]
    payments_score: list[float | None]
    counterfactual_event_id: UUID | None
    counterfactual_passes_minor: int | None
    counterfactual_held: list[str]
    answer_id: UUID | None
    answer_verdict: AnswerVerdict | None
    answer_by: str | None
    answer_at: datetime | None
    effect: str | None
    detector: str
    model_version: str | None
    detected_at: datetime
    updated_at: datetime
    origin_generation: str
    origin_topic: str
    origin_partition: int
    origin_offset: int

    def alert(self) -> Alert:
        """Put the record together again, as it was in Kafka."""
        return Alert(
            alert_id=self.alert_id,
            kind=self.kind,
            severity=self.severity,
            entity_type=self.entity_type,
            entity=self.entity,
            store_id=self.store_id,
            sentence=self.sentence,
            reasons=self._reasons(),
            count=self.events,
            money_at_risk_minor=self.money_at_risk_minor,
            per_hour_minor=self.per_hour_minor,
            since=self.since,
            noticed_at=self.noticed_at,
            last_at=self.last_at,
            until=self.until,
            completeness=self.completeness,
            watched=self._watched(),
            payments=self._payments(),
            counterfactual=self._counterfactual(),
            answer=self._answer(),
            effect=self.effect,
            detector=self.detector,
            model_version=self.model_version,
            detected_at=self.detected_at,
            updated_at=self.updated_at,
            origin=Origin(
                generation=self.origin_generation,
                topic=self.origin_topic,
                partition=self.origin_partition,
                offset=self.origin_offset,
            ),
        )

    def _reasons(self) -> tuple[AlertReason, ...]:
        columns = (
            self.reasons_text,
            self.reasons_value,
            self.reasons_usual,
            self.reasons_unit,
            self.reasons_weight,
        )
        return tuple(
            AlertReason(text=text, value=value, usual=usual, unit=unit, weight=weight)
            for text, value, usual, unit, weight in zip(*columns, strict=True)
        )

    def _watched(self) -> Watched | None:
        if self.watched_series is None:
            return None
        return Watched(
            series=self.watched_series,
            store_id=self.watched_store_id or "",
            channel=self.watched_channel or "",
            category=self.watched_category or "",
        )

    def _payments(self) -> tuple[AlertPayment, ...]:
        columns = (
            self.payments_event_id,
            self.payments_payment_id or [None] * len(self.payments_event_id),  # older rows have none
            self.payments_customer_id,
            self.payments_terminal_id,
            self.payments_occurred_at,
            self.payments_amount_minor,
            self.payments_score,
        )
        return tuple(
            AlertPayment(
                event_id=event_id,
                payment_id=payment_id,
                customer_id=customer_id,
                terminal_id=terminal_id,
                occurred_at=occurred_at,
                amount_minor=amount_minor,
                score=score,
            )
            for event_id, payment_id, customer_id, terminal_id, occurred_at, amount_minor, score in zip(
                *columns, strict=True
            )
        )

    def _counterfactual(self) -> AlertCounterfactual | None:
        if self.counterfactual_event_id is None:
            return None
        return AlertCounterfactual(
            event_id=self.counterfactual_event_id,
            passes_minor=self.counterfactual_passes_minor,
            held=tuple(self.counterfactual_held),
        )

    def _answer(self) -> AlertAnswer | None:
        if self.answer_id is None or self.answer_verdict is None or self.answer_at is None:
            return None
        return AlertAnswer(
            answer_id=self.answer_id,
            verdict=self.answer_verdict,
            by=self.answer_by or "unknown",
            at=self.answer_at,
        )


LISTED = Query("alerts/listed", ListedRow)
COUNTED = Query("alerts/counted", CountedRow)
WATCHING = Query("alerts/watching", WatchingRow)
ONE = Query("alerts/one", OneRow)
ACTED = Query("alerts/acted", ActedRow)
ANSWERED = Query("alerts/answered", AnsweredRow)
HIDDEN = Query("alerts/hidden", HiddenRow)
PLAYBOOKS = Query("alerts/playbooks", PlaybookRow, every_seconds=5)
PAYMENTS = Query("alerts/payments", PaymentRow)
