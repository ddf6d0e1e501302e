"""What the fraud agent says about one input record: everything about that payment, in one place."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.event import Contract, Currency, EventTime, Identifier, Name
from schemas.origin import Origin
from schemas.transaction import Channel, Device, Line, PaymentMethod, PaymentStatus

__all__ = ["DecidedBy", "Decision", "Disposition", "Reason", "Score", "ScoredPayment"]

Disposition = Literal["scored", "followed", "repeat", "refused", "synthetic"]
Decision = Literal["approve", "review", "decline"]
DecidedBy = Literal["model", "rules", "lists", "control"]


class Reason(Contract):
    """Why a score is what it is: one feature, its value and what it adds to the log odds."""

    feature: str = Field(description="name in the feature set")
    value: float = Field(description="of the feature, in its own unit")
    contribution: float = Field(description="log odds added, positive = more suspicious")


class ScoredPayment(Contract):
    """The payment event that was read, without what no reader of scores needs."""

    event_id: UUID = Field(description="the payment event's")
    source: Identifier = Field(description="who sent it")
    run: Identifier | None = Field(default=None, description="start of the source; none in older records")
    seq: int | None = Field(default=None, ge=0, lt=2**63, description="the source's number of the event")
    payment_id: Identifier = Field(description="joins the events of one payment")
    occurred_at: EventTime = Field(description="event time")
    status: PaymentStatus = Field(description="which event of the payment")
    amount_minor: int = Field(description="minor units of the currency")
    currency: Currency = Field(description="ISO 4217 code")
    reporting_minor: int | None = Field(
        description="amount in the reporting currency's minor units; none if no exchange rate is set"
    )
    channel: Channel = Field(description="till, web shop or app")
    payment_method: PaymentMethod = Field(description="how it was paid")
    customer_id: Identifier | None = Field(description="pseudonym, if known")
    card_id: Identifier | None = Field(description="the provider's token, if a card was used")
    terminal_id: Identifier = Field(description="where it was paid")
    store_id: Identifier = Field(description="the store; web and app are stores of their own")
    device_id: Identifier | None = Field(default=None, description="browser or phone, a pseudonym")
    device: Device | None = Field(default=None, description="kind of device, where it was paid online")
    bin_country: str | None = Field(default=None, description="the card's issuer, ISO 3166-1")
    network: Name | None = Field(default=None, description="IP address truncated to /24 or /48")
    decline_reason: Name | None = Field(default=None, description="the provider's code, where declined")
    lines: tuple[Line, ...] = Field(default=(), description="the receipt, if the source knows it")


class Score(Contract):
    """Exactly one per input offset of `transactions`, in the partition with the same number.

    disposition: `scored` = an authorisation or decline with its score; `followed` = a capture, void or
    refund, which moves revenue but is not judged; `repeat` = the source sent it before; `refused` = set
    aside, see dead-letters; `synthetic` = sent to see whether the way is open, counts nowhere. Only `scored`
    and `followed` have a payment.
    """

    origin: Origin = Field(description="the input record that caused it")
    disposition: Disposition = Field(description="what became of the input record")
    scored_at: EventTime = Field(description="wall clock of the worker")
    received_at: EventTime | None = Field(default=None, description="Kafka's append time of the input")
    payment: ScoredPayment | None = Field(default=None, description="where scored or followed")
    score: float | None = Field(default=None, ge=0, le=1, description="probability of fraud")
    threshold: float | None = Field(default=None, ge=0, le=1, description="from the alert budget")
    decision: Decision | None = Field(
        default=None,
        description="of lists, else of rules, else review = score at or above the threshold; docs/rules.md",
    )
    reasons: tuple[Reason, ...] = Field(default=(), max_length=3, description="the strongest, first")
    feature_set: str | None = Field(default=None, description="names and order of features")
    features: tuple[float, ...] = Field(default=(), description="values, in the feature set's order")
    model_version: str | None = Field(default=None, description="the model that scored")
    decided_by: DecidedBy = Field(
        default="model",
        description="whose word the decision is; control = rules declined it, it passes to see what it is",
    )
    control_rate: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="where rules declined it and it could pass in the control group: the chance of that",
    )
    rule_set: int | None = Field(default=None, ge=1, description="version of the rules that were asked")
    rules_hit: tuple[str, ...] = Field(default=(), description="names of the rules that hit, tags too")
    rules_failed: tuple[str, ...] = Field(
        default=(), description="names of the rules that could not be run on it, and so did not hit"
    )
    lists_hit: tuple[str, ...] = Field(
        default=(), description="lists and what of the payment is on them, for example block:card"
    )
    schema_version: Literal[1] = Field(default=1, description="version of this contract")
