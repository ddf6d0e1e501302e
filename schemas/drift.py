"""A figure that models rest on has changed its level."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier, Name

__all__ = ["Drift"]


class Drift(Contract):
    """One feature, the score or the share of reviews, in one channel, is not what it was.

    The time of day and the weekend are taken out before; the same figure is watched anew from then on.
    """

    figure: Identifier = Field(description="a feature's name, score or alert_rate")
    segment: Identifier = Field(description="the channel")
    found_at: EventTime = Field(description="end of the hours with which it was found, event time")
    usual: float = Field(description="mean of the reference, in the figure's unit")
    now: float = Field(description="mean since it changed, in the figure's unit")
    shift: float = Field(description="the change in standard deviations of single payments")
    payments: int = Field(ge=1, description="since it changed")
    detector: Name = Field(description="what found it, with version")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: segment, figure and hour."""
        return f"{self.segment}|{self.figure}|{self.found_at:%Y-%m-%dT%H}"
