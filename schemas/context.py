"""Something that happened to the business and may explain a change of its figures."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.event import Contract, EventTime, Identifier, Name
from schemas.transaction import Channel, Device

__all__ = ["Context", "ContextKind"]

ContextKind = Literal[
    "release", "campaign", "price_change", "stock_out", "fraud_wave", "weather", "promotion", "other"
]


class Context(Contract):
    """One happening, and what it concerns. The newest record of a `context_id` counts.

    A field that is left out means everything: a release without a device reached all of them.
    """

    context_id: UUID = Field(description="UUIDv7, made once; sent again it replaces what was said before")
    kind: ContextKind = Field(description="what happened")
    title: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="for people: Release 5.3.0 of the app"
    )
    begins_at: EventTime = Field(description="event time at which it begins")
    ends_at: EventTime | None = Field(
        default=None, description="when it is over; none = it lasts, or is a moment"
    )
    store_id: Identifier | None = Field(default=None, description="the one store, web or app it concerns")
    channel: Channel | None = Field(default=None, description="the one channel it concerns")
    device: Device | None = Field(default=None, description="the one kind of device it concerns")
    sku: Identifier | None = Field(default=None, description="the one article it concerns")
    version: Name | None = Field(default=None, description="of a release, as in clicks")
    campaign: Name | None = Field(default=None, description="of a campaign, as in clicks")
    source: Name = Field(description="who says so: a person, a deployment, a calendar")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        """Refuse what ends before it begins, and a release or campaign that does not say which."""
        if self.ends_at is not None and self.ends_at < self.begins_at:
            raise ValueError("ends_at lies before begins_at")
        if self.kind == "release" and self.version is None:
            raise ValueError("a release needs its version")
        if self.kind == "campaign" and self.campaign is None:
            raise ValueError("a campaign needs its name in campaign")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the happening."""
        return str(self.context_id)
