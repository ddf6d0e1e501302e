"""The figures that can be explained, and what each can be told apart by."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["CLICK_DIMENSIONS", "MEASURES", "PAYMENT_DIMENSIONS", "Measure", "SourceKind"]

SourceKind = Literal["payments", "clicks"]

PAYMENT_DIMENSIONS = ("store_id", "region", "channel", "payment_method", "device", "bin_country")
CLICK_DIMENSIONS = ("store_id", "region", "channel", "device", "app_version", "campaign")


@dataclass(frozen=True)
class Measure:
    """A figure that is a sum of its parts, or a ratio of two such sums.

    Parameters
    ----------
    name
        As people ask for it.
    source
        Which events it is made of.
    value
        The column that is summed.
    events
        The column that counts the events which it is made of.
    unit
        Of the sum; `share` for a ratio.
    words
        In a sentence, after the place.
    bad
        The direction that is bad.
    per
        For a ratio: the columns whose sum it is a share of.
    more
        Dimensions that only this figure has.

    """

    name: str
    source: SourceKind
    value: str
    events: str
    unit: str
    words: str
    bad: Literal["low", "high"]
    per: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it can be told apart by; the place comes first."""
        return (PAYMENT_DIMENSIONS if self.source == "payments" else CLICK_DIMENSIONS) + self.more


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("revenue", "payments", "revenue_minor", "orders", "EUR", "revenue", "low"),
        Measure("orders", "payments", "orders", "orders", "payments", "payments", "low"),
        Measure(
            "declined", "payments", "declined", "declined", "payments", "declined payments", "high",
            more=("decline_reason",),
        ),
        Measure("refunds", "payments", "refunds", "refunds", "refunds", "refunds", "high"),
        Measure("voids", "payments", "voids", "voids", "payments", "voided payments", "high"),
        Measure(
            "decline_share", "payments", "declined", "declined", "share", "declines", "high",
            per=("orders", "declined"),
        ),
        Measure("views", "clicks", "views", "views", "page views", "page views", "low"),
        Measure("pays", "clicks", "pays", "pays", "clicks", "clicks on pay", "low"),
        Measure("errors", "clicks", "errors", "errors", "errors", "errors shown", "high", more=("error",)),
        Measure("pay_errors", "clicks", "errors", "errors", "share", "pay errors", "high", per=("pays",)),
    )
}  # fmt: skip
"""By name."""
