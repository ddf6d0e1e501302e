"""What is usual: the expected course of one series over one day."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier

__all__ = ["Expectation"]


class Expectation(Contract):
    """Expected sums of one series per slot of a day, and the band in which they usually are.

    Slot i begins at `begins_at` + i · `slot_minutes`. The band is meant for a finished slot: about 98 of 100
    slots of normal days lie in it. Published again when the day's level becomes clearer; the last one wins.
    """

    series: Identifier = Field(description="as in `metrics`")
    store_id: str = Field(description="the store; empty = all stores together")
    channel: str = Field(default="", description="the channel; empty = all")
    begins_at: EventTime = Field(description="start of the day in the store's time zone")
    slot_minutes: int = Field(ge=1, le=60, description="length of a slot")
    expected: tuple[float, ...] = Field(description="per slot, in the unit of the series' total")
    low: tuple[float, ...] = Field(description="per slot, lower end of the band")
    high: tuple[float, ...] = Field(description="per slot, upper end of the band")
    learnt_days: int = Field(ge=0, description="finished days that it rests on; 0 = nothing is known")
    made_at: EventTime = Field(description="event time up to which was known")
    detector: str = Field(description="what made it, with version")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: series, store, channel and day."""
        return f"{self.series}|{self.store_id}|{self.channel}|{int(self.begins_at.timestamp())}"
