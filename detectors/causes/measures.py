"""The figures that can be explained, and what each can be told apart by."""

from dataclasses import dataclass
from typing import Any, Literal

from detectors.series.table import SERIES

__all__ = ["CLICK_DIMENSIONS", "MEASURES", "PAYMENT_DIMENSIONS", "Measure", "SourceKind"]

SourceKind = Literal["payments", "clicks", "goods"]

PAYMENT_DIMENSIONS = ("store_id", "region", "channel", "payment_method", "device", "bin_country")
CLICK_DIMENSIONS = ("store_id", "region", "channel", "device", "app_version", "campaign")
DIMENSIONS: dict[SourceKind, tuple[str, ...]] = {
    "payments": PAYMENT_DIMENSIONS,
    "clicks": CLICK_DIMENSIONS,
    "goods": ("store_id", "region", "channel", "category"),
}


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
        return DIMENSIONS[self.source] + self.more


def of_series(
    name: str, *, value: str = "", events: str = "", unit: str = "", words: str = "", **more: Any
) -> Measure:
    """Make the figure of a declared series; what is not said here is as it is declared."""
    series = SERIES[name]
    if series.bad is None or series.source == "stock-movements":
        raise ValueError(f"the series {name} has no bad direction, or is neither of payments nor of clicks")
    return Measure(
        name,
        "payments" if series.source == "scores" else "clicks",
        value or name,
        events or name,
        unit or series.many,
        words or series.many,
        series.bad,
        **more,
    )


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        of_series("revenue", value="revenue_minor", events="orders", unit="EUR", words="revenue"),
        of_series("orders"),
        of_series("declined", unit="payments", more=("decline_reason",)),
        of_series("refunds"),
        of_series("voids", unit="payments"),
        Measure(
            "decline_share", "payments", "declined", "declined", "share", "declines", "high",
            per=("orders", "declined"),
        ),
        of_series("views"),
        of_series("pays", unit="clicks"),
        of_series("errors", unit="errors", more=("error",)),
        Measure("goods", "goods", "sold_minor", "lines", "EUR", "goods sold", "low"),
        Measure("pay_errors", "clicks", "errors", "errors", "share", "pay errors", "high", per=("pays",)),
    )
}  # fmt: skip
"""By name."""
