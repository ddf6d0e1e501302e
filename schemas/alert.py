"""A finding that somebody should look at."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier
from schemas.origin import Origin
from schemas.score import Reason

__all__ = ["Alert", "AlertKind", "Severity"]

AlertKind = Literal["payment_fraud"]
Severity = Literal["now", "soon"]


class Alert(Contract):
    """One finding. The id is a hash of kind, entity and window, so the same finding is the same alert."""

    alert_id: Identifier
    kind: AlertKind
    severity: Severity
    entity: Identifier = Field(description="what it is about: a payment, a till, a series")
    store_id: Identifier | None = None
    sentence: str = Field(description="what is wrong and why, with figures and their usual values")
    reasons: tuple[Reason, ...] = Field(default=(), max_length=3)
    money_at_risk_minor: int = Field(default=0, ge=0, description="reporting currency, minor units")
    occurred_at: EventTime
    detected_at: EventTime = Field(description="wall clock of the worker")
    model_version: str | None = None
    origin: Origin
    schema_version: Literal[1] = 1

    @property
    def key(self) -> str:
        """Kafka's key: the alert."""
        return self.alert_id
