"""Goods that come, go or are counted."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.event import Event, Identifier

__all__ = ["MovementKind", "StockMovement"]

MovementKind = Literal["receipt", "sale", "return", "transfer_in", "transfer_out", "adjustment", "count"]


class StockMovement(Event):
    """One movement of one SKU at one place, or a count of what is there."""

    place_id: Identifier = Field(description="store or warehouse")
    sku: Identifier = Field(description="article number; a GTIN is welcome here")
    kind: MovementKind = Field(description="what happened; it says the direction")
    quantity: int = Field(
        ge=-1_000_000,
        le=1_000_000,
        description="pieces; how many moved (never negative), the change for adjustment, the level for count",
    )
    level_after: int | None = Field(
        default=None, ge=-(10**9), le=10**9, description="pieces left, if the source knows"
    )
    payment_id: Identifier | None = Field(
        default=None, description="the payment that caused a sale or return"
    )

    @model_validator(mode="after")
    def only_adjustments_are_signed(self) -> Self:
        """Refuse a sign beside the kind, which says the direction; a second sign would cancel it."""
        if self.quantity < 0 and self.kind != "adjustment":
            raise ValueError("quantity is negative, which only an adjustment may be")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: place and SKU, so that a level is computed in order."""
        return f"{self.place_id}|{self.sku}"

    def change(self) -> int:
        """Pieces by which the level changes; 0 for a count, which states the level itself."""
        if self.kind in ("receipt", "return", "transfer_in", "adjustment"):
            return self.quantity
        return 0 if self.kind == "count" else -self.quantity
