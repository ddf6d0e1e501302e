"""A figure of one minute, as far as one input partition has contributed to it."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime
from schemas.origin import Origin

__all__ = ["MetricPartial"]


class MetricPartial(Contract):
    """Cumulative count and sum of one series, minute and input partition: the last one wins.

    The figure is the sum over partitions. `origin.offset` is the last input offset counted.
    """

    series: str = Field(description="name of the metric, for example revenue")
    store_id: str = Field(description="the store; empty where the series has none")
    channel: str = Field(description="pos, web, app; empty where the series has no channel")
    category: str = Field(
        default="", max_length=256, description="what kind of goods; empty where the series has none"
    )
    minute: EventTime = Field(description="start of the minute, event time")
    count: int = Field(ge=0, description="events counted")
    total: int = Field(description="sum: minor units of the reporting currency, pieces, or the count")
    origin: Origin = Field(description="the input record that caused it")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: everything that names the partial."""
        return (
            f"{self.series}|{self.store_id}|{self.channel}|{int(self.minute.timestamp())}"
            f"|{self.origin.topic}|{self.origin.partition}{self.category and '|' + self.category}"
        )
