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

    alert_id: Identifier = Field(description="hash of kind, entity and window")
    kind: AlertKind = Field(description="what was found")
    severity: Severity = Field(description="now = wake somebody, soon = within the shift")
    entity: Identifier = Field(description="what it is about: a payment, a till, a series")
    store_id: Identifier | None = Field(default=None, description="where, if it is about one store")
    sentence: str = Field(description="what is wrong and why, with figures and their usual values")
    reasons: tuple[Reason, ...] = Field(default=(), max_length=3, description="the strongest, first")
    money_at_risk_minor: int = Field(default=0, ge=0, description="reporting currency, minor units")
    occurred_at: EventTime = Field(description="event time of what it is about")
    detected_at: EventTime = Field(description="wall clock of the worker")
    model_version: str | None = Field(default=None, description="the model that found it")
    origin: Origin = Field(description="the input record that led to it")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the alert."""
        return self.alert_id
