"""How well a line of models, or what scored, ranked payments whose verdict is known by now."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier

__all__ = ["ModelMetrics"]


class ModelMetrics(Contract):
    """Figures of one subject over the window of days that ends with `day`.

    Every payment was scored by the model of the subject that was valid at its time. Only payments count that
    are old enough for their label; those without one by then are only counted.
    """

    subject: Identifier = Field(description="a line of models; champion = what scored")
    version: str = Field(description="its newest model that was valid on the last day")
    day: EventTime = Field(description="midnight UTC with which the last day of the window begins")
    window_days: int = Field(ge=1, description="days in the window, the last one included")
    matured_at: EventTime = Field(description="labels known by then count")
    payments: int = Field(ge=0, description="scored payments of the window")
    labelled: int = Field(ge=0, description="of these with a verdict by then")
    unlabelled_share: float = Field(ge=0, le=1, description="of the payments, without a verdict by then")
    frauds: int = Field(ge=0, description="of the labelled")
    average_precision: float = Field(ge=0, le=1, description="of the labelled, by score")
    average_precision_low: float = Field(ge=0, le=1, description="95 % interval, bootstrap by customer")
    average_precision_high: float = Field(ge=0, le=1, description="95 % interval, bootstrap by customer")
    card_precision: float = Field(
        ge=0, le=1, description="share of each day's highest customers who were defrauded that day, mean"
    )
    cards_per_day: int = Field(ge=1, description="how many customers that is: the alert budget")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: subject and day."""
        return f"{self.subject}|{self.day:%Y-%m-%d}"
