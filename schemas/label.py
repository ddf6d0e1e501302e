"""What became known about a payment, later."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier

__all__ = ["Label", "LabelSource", "Verdict"]

Verdict = Literal["fraud", "genuine", "withdrawn"]
LabelSource = Literal["chargeback", "analyst", "customer", "matured"]


class Label(Contract):
    """A verdict about one payment. Models learn it from `known_at` on, never earlier."""

    event_id: UUID = Field(description="the payment's event_id")
    customer_id: Identifier | None = Field(default=None, description="the payment's, if known")
    card_id: Identifier | None = Field(
        default=None, description="the payment's; where the customer is not known its past goes by the card"
    )
    terminal_id: Identifier = Field(description="the payment's")
    occurred_at: EventTime = Field(description="when the payment happened")
    known_at: EventTime = Field(description="when the verdict became known")
    verdict: Verdict = Field(description="what the payment was; withdrawn = what was said is void")
    said_by: LabelSource = Field(description="who says so; matured = nobody complained in time")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the customer, else the terminal."""
        return self.customer_id or self.terminal_id
