"""Where goods are sold, and when."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.event import Contract, Identifier, Name

__all__ = ["OpeningHours", "Store"]

ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class OpeningHours(Contract):
    """From when to when a store sells on one weekday, in its own time zone."""

    weekday: int = Field(ge=0, le=6, description="0 is Monday")
    opens: ClockTime = Field(description="HH:MM")
    closes: ClockTime = Field(description="HH:MM, 24:00 at the latest")


class Store(Contract):
    """A store, the web shop or the app. One record per store, the newest counts."""

    store_id: Identifier = Field(description="as in the payments")
    name: Name = Field(description="for people")
    channel: Literal["pos", "web", "app"] = Field(description="how it sells")
    region: Name = Field(description="sales region, for people and grouping")
    time_zone: Name = Field(description="IANA name, for example Europe/Berlin")
    hours: tuple[OpeningHours, ...] = Field(description="weekdays without an entry are closed")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the store."""
        return self.store_id
