"""That somebody sent a dead letter back to its topic."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Name
from schemas.origin import Origin

__all__ = ["DeadLetterReplay"]


class DeadLetterReplay(Contract):
    """Written once Kafka has the record again, so that nobody replays it twice unknowing."""

    origin: Origin = Field(description="of the dead letter: where the record stood when it was refused")
    by: Name = Field(description="who sent it back")
    at: EventTime = Field(description="when, by the wall's clock")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the origin, as that of the dead letter."""
        return f"{self.origin.generation}|{self.origin.topic}|{self.origin.partition}|{self.origin.offset}"
