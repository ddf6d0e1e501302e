"""A source's sign of life."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier

__all__ = ["Heartbeat"]


class Heartbeat(Contract):
    """How far a source has counted, so that what is missing is known exactly and not guessed."""

    source: Identifier
    run: Identifier
    store_id: Identifier | None = None
    at: EventTime = Field(description="the source's clock")
    next_seq: dict[str, int] = Field(description="per topic, the seq its next event will carry")
    spooled: int = Field(default=0, ge=0, description="events waiting on the source's disk")
    schema_version: Literal[1] = 1

    @property
    def key(self) -> str:
        """Kafka's key: the source."""
        return self.source
