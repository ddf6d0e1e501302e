"""A source's sign of life."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier

__all__ = ["Heartbeat"]


class Heartbeat(Contract):
    """How far a source has counted, so that what is missing is known exactly and not guessed."""

    source: Identifier = Field(description="as in its events")
    run: Identifier = Field(description="as in its events, new at each start")
    store_id: Identifier | None = Field(default=None, description="where the source stands, if in a store")
    at: EventTime = Field(description="the source's clock")
    next_seq: dict[str, Annotated[int, Field(ge=0, le=2**63)]] = Field(
        description="per topic, the seq its next event will carry"
    )
    spooled: int = Field(default=0, ge=0, lt=2**63, description="events waiting on the source's disk")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the source."""
        return self.source
