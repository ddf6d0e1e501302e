"""Goods that come, go or are counted."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.event import Event, Identifier

__all__ = ["MovementKind", "StockMovement", "level_change"]

MovementKind = Literal["receipt", "sale", "return", "transfer_in", "transfer_out", "adjustment", "count"]


def signed_beside_its_kind(movement: Any) -> bool:
    """Whether a movement has a sign though its kind says the direction; a second one would cancel it."""
    return bool(movement.quantity < 0) and movement.kind != "adjustment"


class StockMovement(Event):
    """One movement of one SKU at one place, or a count of what is there."""

    rules: ClassVar[tuple[Callable[[Any], bool], ...]] = (signed_beside_its_kind,)

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
        """Refuse a sign beside the kind."""
        if signed_beside_its_kind(self):
            raise ValueError("quantity is negative, which only an adjustment may be")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: place and SKU, so that a level is computed in order."""
        return f"{self.place_id}|{self.sku}"


def level_change(movement: StockMovement) -> int:
    """Pieces by which the level changes; 0 for a count, which states the level itself."""
    if movement.kind in ("receipt", "return", "transfer_in", "adjustment"):
        return movement.quantity
    return 0 if movement.kind == "count" else -movement.quantity
