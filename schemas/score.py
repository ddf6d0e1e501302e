"""What the fraud agent says about one input record: everything about that payment, in one place."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.event import Contract, Currency, EventTime, Identifier
from schemas.origin import Origin
from schemas.transaction import Channel, PaymentMethod, PaymentStatus

__all__ = ["Decision", "Disposition", "Reason", "Score", "ScoredPayment"]

Disposition = Literal["scored", "followed", "repeat", "refused"]
Decision = Literal["approve", "review"]


class Reason(Contract):
    """Why a score is what it is: one feature, its value and what it adds to the log odds."""

    feature: str
    value: float
    contribution: float = Field(description="log odds added, positive = more suspicious")


class ScoredPayment(Contract):
    """The payment event that was read, without what no reader of scores needs."""

    event_id: UUID
    source: Identifier
    payment_id: Identifier
    occurred_at: EventTime
    status: PaymentStatus
    amount_minor: int
    currency: Currency
    reporting_minor: int | None = Field(
        description="amount in the reporting currency's minor units; none if no exchange rate is set"
    )
    channel: Channel
    payment_method: PaymentMethod
    customer_id: Identifier | None
    card_id: Identifier | None
    terminal_id: Identifier
    store_id: Identifier


class Score(Contract):
    """Exactly one per input offset of `transactions`, in the partition with the same number.

    disposition: `scored` = an authorisation or decline with its score; `followed` = a capture, void or
    refund, which moves revenue but is not judged; `repeat` = the source sent it before; `refused` = set
    aside, see dead-letters. Only `scored` and `followed` have a payment.
    """

    origin: Origin
    disposition: Disposition
    scored_at: EventTime = Field(description="wall clock of the worker")
    received_at: EventTime | None = Field(default=None, description="Kafka's append time of the input")
    payment: ScoredPayment | None = None
    score: float | None = Field(default=None, ge=0, le=1, description="probability of fraud")
    threshold: float | None = Field(default=None, ge=0, le=1, description="from the alert budget")
    decision: Decision | None = None
    reasons: tuple[Reason, ...] = Field(default=(), max_length=3)
    feature_set: str | None = Field(default=None, description="names and order of features")
    features: tuple[float, ...] = ()
    model_version: str | None = None
    schema_version: Literal[1] = 1
