"""An input record that could not be used, with the reason."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime
from schemas.origin import Origin

__all__ = ["DeadLetter", "RefusalKind"]

RefusalKind = Literal["too_large", "not_json", "card_number", "unknown_version", "schema", "agent_error"]


class DeadLetter(Contract):
    """One per refused input offset; repeats after a crash have the same key."""

    origin: Origin = Field(description="the refused record")
    kind: RefusalKind = Field(description="which check refused it; agent_error: none, but it broke an agent")
    reason: str = Field(max_length=2_000, description="what was expected, what came, without payload values")
    payload: str = Field(description="first 64 KiB as text, card numbers masked")
    payload_bytes: int = Field(ge=0, description="length of the whole record in bytes")
    payload_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the whole record, in hex")
    refused_at: EventTime = Field(description="wall clock of the worker")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the origin."""
        return f"{self.origin.generation}|{self.origin.topic}|{self.origin.partition}|{self.origin.offset}"
