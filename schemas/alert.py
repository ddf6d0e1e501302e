"""A finding that somebody should look at."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.answer import AnswerVerdict
from schemas.event import Contract, EventTime, Identifier, Name
from schemas.origin import Origin

__all__ = [
    "MAX_PAYMENTS",
    "Alert",
    "AlertAnswer",
    "AlertCounterfactual",
    "AlertKind",
    "AlertPayment",
    "AlertReason",
    "EntityType",
    "Severity",
    "WatchedSeries",
]

AlertKind = Literal[
    "payment_fraud",
    "card_spree",
    "card_testing",
    "terminal_fraud",
    "checkout_broken",
    "source_silent",
    "sales_fallen",
    "figure_unusual",
    "stock_running_out",
    "shrinkage",
    "price_glitch",
    "model_drift",
]
EntityType = Literal[
    "payment",
    "card",
    "device",
    "terminal",
    "source",
    "store",
    "region",
    "category",
    "sku",
    "channel",
    "model",
]
Severity = Literal["now", "soon"]

MAX_PAYMENTS = 50
"""Payments named by one alert; `count` says how many there are."""


class AlertReason(Contract):
    """Why: one figure beside its usual value."""

    text: Name = Field(description="for people, with figures: 5 payments in 10 minutes, usually 1 a day")
    value: float = Field(description="the figure, in `unit`")
    usual: float | None = Field(default=None, description="what it usually is, same unit; none if not known")
    unit: Name = Field(description="for people: payments, EUR, pieces, minutes, share")
    weight: float = Field(ge=0, le=1, description="share of what made the finding, for the length of a bar")


class AlertPayment(Contract):
    """A payment that an alert is about, with what its label needs."""

    event_id: UUID = Field(description="the payment event's")
    payment_id: Identifier | None = Field(default=None, description="the payment's; none in older records")
    customer_id: Identifier | None = Field(default=None, description="the payment's, if known")
    terminal_id: Identifier = Field(description="the payment's")
    occurred_at: EventTime = Field(description="when the payment happened")
    amount_minor: int | None = Field(description="reporting currency, minor units; none without a rate")
    score: float | None = Field(default=None, ge=0, le=1, description="probability of fraud, if scored")


class AlertCounterfactual(Contract):
    """At what amount the most suspicious payment would have passed, all else equal."""

    event_id: UUID = Field(description="the payment event's")
    passes_minor: int | None = Field(
        description="the largest smaller amount at which the score lies under the threshold, reporting "
        "currency, minor units; none = no smaller amount helps"
    )
    held: tuple[Name, ...] = Field(
        default=(), description="features of the amount that could not be computed anew and stayed as stored"
    )


class WatchedSeries(Contract):
    """The figure per minute that shows the finding, as in `metrics` and `expectations`."""

    series: Identifier = Field(description="name of the series")
    store_id: str = Field(description="the store; empty = all stores together")
    channel: str = Field(default="", description="the channel; empty = all")
    category: str = Field(default="", max_length=256, description="what kind of goods; empty = all, or none")


class AlertAnswer(Contract):
    """What somebody answered; the latest accepted answer counts."""

    answer_id: UUID = Field(description="the answer's")
    verdict: AnswerVerdict = Field(description="what it is; withdrawn = the answer before was taken back")
    by: Name = Field(description="who answered")
    at: EventTime = Field(description="when, event time")


class Alert(Contract):
    """One finding, as it stands. The same finding is the same alert and updates: the last record wins.

    The id is a hash of kind, entity and window. An alert is open while it has neither `until` nor an answer
    other than withdrawn.
    """

    alert_id: Identifier = Field(description="hash of kind, entity and window")
    kind: AlertKind = Field(description="what was found")
    severity: Severity = Field(description="now = wake somebody, soon = within the shift")
    entity_type: EntityType = Field(description="what kind of thing it is about")
    entity: Identifier = Field(description="what it is about: a card, a terminal, a store, an article")
    store_id: Identifier | None = Field(default=None, description="where, if it is about one store")
    sentence: Annotated[str, Field(min_length=1, max_length=400)] = Field(
        description="what is wrong and why, with its figures and their usual values"
    )
    reasons: tuple[AlertReason, ...] = Field(default=(), max_length=3, description="the strongest, first")
    count: int = Field(default=1, ge=1, description="events that make up the finding")
    money_at_risk_minor: int = Field(default=0, ge=0, description="so far; reporting currency, minor units")
    per_hour_minor: int | None = Field(
        default=None, ge=0, description="lost per hour while it lasts, where that makes sense"
    )
    since: EventTime = Field(description="event time at which it began")
    noticed_at: EventTime = Field(description="event time up to which was known when it was first raised")
    last_at: EventTime = Field(description="event time of the newest evidence")
    until: EventTime | None = Field(default=None, description="event time at which it ended; none = it lasts")
    completeness: float | None = Field(
        default=None, ge=0, le=1, description="share of events that arrived of what it rests on, if known"
    )
    watched: WatchedSeries | None = Field(default=None, description="the series to draw")
    payments: tuple[AlertPayment, ...] = Field(
        default=(), max_length=MAX_PAYMENTS, description="the newest it is about; an answer labels them"
    )
    counterfactual: AlertCounterfactual | None = Field(
        default=None, description="the amount that would have passed; none where no score stopped it"
    )
    answer: AlertAnswer | None = Field(default=None, description="the latest accepted answer")
    effect: Annotated[str, Field(max_length=400)] | None = Field(
        default=None, description="what the answer changed, for people"
    )
    detector: Name = Field(description="what found it, with version: card-spree/1")
    model_version: str | None = Field(default=None, description="the model whose scores it rests on")
    detected_at: EventTime = Field(description="wall clock when it was first raised")
    updated_at: EventTime = Field(description="wall clock of this record")
    origin: Origin = Field(description="the input record that led to this version of it")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the alert."""
        return self.alert_id
