"""How much of an article is left at a place, and for how long."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime, Identifier
from schemas.origin import Origin

__all__ = ["StockLevel"]


class StockLevel(Contract):
    """The level of one SKU at one place after a movement. The last one wins."""

    place_id: Identifier = Field(description="store or warehouse")
    sku: Identifier = Field(description="article number")
    level: int = Field(description="pieces; negative = more sold than was known to be there")
    counted_at: EventTime | None = Field(default=None, description="last count, none if never counted")
    as_of: EventTime = Field(description="event time of the movement")
    daily_demand: float = Field(ge=0, description="pieces sold a day, exponentially weighted")
    days_of_cover: float | None = Field(
        default=None, ge=0, description="level over demand; none if no demand"
    )
    sold_last_hour: int | None = Field(
        default=None, ge=0, description="pieces sold in the hour up to as_of; none in older records"
    )
    sales_last_hour: int | None = Field(default=None, ge=0, description="sales that they were sold in")
    last_receipt_at: EventTime | None = Field(
        default=None, description="event time of the last receipt, none if never seen"
    )
    count_difference: int | None = Field(
        default=None,
        description="pieces counted less pieces expected at the last count, none if nothing was expected; "
        "late movements correct it",
    )
    origin: Origin = Field(description="the input record that caused it")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: place and SKU."""
        return f"{self.place_id}|{self.sku}"
