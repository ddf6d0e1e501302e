"""The envelope that every event carries, and the types that its fields share."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.event_time import EventTime

__all__ = ["Contract", "Currency", "Event", "EventTime", "Identifier", "Name"]

Identifier = Annotated[str, Field(min_length=1, max_length=128)]
Name = Annotated[str, Field(min_length=1, max_length=256)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")]


class Contract(BaseModel):
    """Base of every record: frozen, strict about types, tolerant of fields that a newer writer added."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class Event(Contract):
    """What a source says about one thing that happened.

    `source`, `run` and `seq` number a source's events without a gap, which is how a repeat is recognised
    and how a missing event is noticed.
    """

    event_id: UUID = Field(description="UUIDv7, made once by the source; a resend keeps it")
    source: Identifier = Field(description="the till, app instance or job that sends, for example till-12-3")
    run: Identifier = Field(description="new at each start of the source; seq starts at 0 with it")
    seq: int = Field(ge=0, lt=2**63, description="counts the source's events of this run and topic from 0")
    occurred_at: EventTime = Field(description="when it happened, RFC 3339 with zone, by the source's clock")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")
