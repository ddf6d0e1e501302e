"""What becomes of a payment that somebody looked at: told to the shop that holds it."""

from typing import Annotated, Literal, Self
from uuid import UUID, uuid5

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime, Identifier, Name

__all__ = ["Outcome", "PaymentVerdict", "verdict_id_of"]

Outcome = Literal["release", "void", "hold"]


def verdict_id_of(said: UUID, event_id: UUID) -> UUID:
    """Give the id of what an answer or action says about a payment: the same however often it is written."""
    return uuid5(said, str(event_id))


class PaymentVerdict(Contract):
    """One outcome of a review. The last one about a payment counts.

    release = hand the goods out; void = give the money back; hold = keep both until somebody says more, at
    the longest until `until`. It may come more than once, with the same id.
    """

    verdict_id: UUID = Field(description="of what was said about this payment; written again it is the same")
    event_id: UUID = Field(description="the payment event's that was reviewed")
    payment_id: Identifier | None = Field(
        default=None, description="the payment's, if it is known; written again it may be missing"
    )
    outcome: Outcome = Field(description="what to do with the payment")
    until: EventTime | None = Field(default=None, description="end of a hold, event time")
    by: Name = Field(description="who decided")
    at: EventTime = Field(description="when, event time")
    alert_id: Identifier | None = Field(default=None, description="the alert that was answered, if one was")
    reason: Annotated[str, Field(max_length=1_000)] = Field(default="", description="why, for people")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def only_a_hold_ends(self) -> Self:
        """Refuse a hold without an end behind its beginning, and an end of anything else."""
        if self.outcome == "hold":
            if self.until is None or self.until <= self.at:
                raise ValueError("hold needs an until after at")
        elif self.until is not None:
            raise ValueError("until is only allowed where outcome is hold")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the payment event, so that what is said about it stays in order."""
        return str(self.event_id)
