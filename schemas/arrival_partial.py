"""How many of a source's numbered events have arrived, as far as one input partition has seen."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier
from schemas.origin import Origin

__all__ = ["ArrivalPartial"]


class ArrivalPartial(Contract):
    """Cumulative count of one source, run, topic and input partition: the last one wins.

    Arrived in all = the sum over partitions; sent = the larger of a heartbeat's `next_seq` and the highest
    `seq` seen plus one; missing = sent − arrived, exactly.
    """

    source: Identifier = Field(description="as in its events")
    run: Identifier = Field(description="as in its events")
    topic: Identifier = Field(description="transactions, clicks or stock-movements: what the source numbers")
    store_id: str = Field(description="where the source stands, from its events")
    arrived: int = Field(ge=1, description="distinct events counted")
    highest_seq: int = Field(ge=0, lt=2**63, description="the highest number among them")
    last_occurred_at: EventTime = Field(description="the newest event time among them")
    origin: Origin = Field(description="the input record that caused it")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: everything that names the partial."""
        return f"{self.source}|{self.run}|{self.topic}|{self.origin.topic}|{self.origin.partition}"
