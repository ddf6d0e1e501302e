"""One step of a visitor through the shop or the app."""

from typing import Literal

from pydantic import Field

from schemas.event import Event, Identifier, Name
from schemas.transaction import Device

__all__ = ["Click", "ClickAction"]

ClickAction = Literal["view", "search", "product", "add_to_cart", "checkout", "pay", "error"]


class Click(Event):
    """One action on a page of the web shop or the app."""

    visitor_id: Identifier = Field(description="the browser or installation, a pseudonym")
    session_id: Identifier = Field(description="one visit, made by the shop or app")
    customer_id: Identifier | None = Field(default=None, description="if logged in")
    store_id: Identifier = Field(description="web or app, as in the payments")
    page: Name = Field(description="path or screen, without the query")
    action: ClickAction = Field(description="the step of the funnel, or error")
    sku: Identifier | None = Field(default=None, description="article seen or put into the cart")
    campaign: Name | None = Field(default=None, description="what brought the visitor, as the link says")
    device: Device = Field(default="other", description="kind of device")
    app_version: Name | None = Field(default=None, description="release of the app or shop")
    error: Name | None = Field(default=None, description="code of the error shown, where action is error")
    duration_ms: int | None = Field(
        default=None, ge=0, le=86_400_000, description="milliseconds until the answer"
    )

    @property
    def key(self) -> str:
        """Kafka's key: the visitor, so that a session stays in order."""
        return self.visitor_id
