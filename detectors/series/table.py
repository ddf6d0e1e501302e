"""Every series of figures per minute: the one place where its name is spelled."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["SERIES", "Series"]

Source = Literal["scores", "clicks", "stock-movements"]
Unit = Literal["minor units", "pieces", "events"]


@dataclass(frozen=True)
class Series:
    """One figure per minute, store and channel.

    Parameters
    ----------
    name
        As in `MetricPartial.series`.
    source
        The topic whose events feed it.
    unit
        Of `MetricPartial.total`: money in the reporting currency's minor units, pieces, or the count again.
    by_channel
        Whether it is kept per channel; otherwise the channel is empty.
    meaning
        Which events feed it, and with what.

    """

    name: str
    source: Source
    unit: Unit
    by_channel: bool
    meaning: str


def table(*series: Series) -> dict[str, Series]:
    """Index series by name."""
    return {one.name: one for one in series}


SERIES = table(
    Series("revenue", "scores", "minor units", True, "authorised − voided − refunded money"),
    Series("orders", "scores", "minor units", True, "authorised payments and their money"),
    Series("declined", "scores", "minor units", True, "declined payments and their money"),
    Series("refunds", "scores", "minor units", True, "refunds and their money"),
    Series("voids", "scores", "minor units", True, "voided payments and their money"),
    Series("reviewed", "scores", "minor units", True, "payments decided `review` and their money"),
    Series(
        "unconverted", "scores", "events", True,
        "payment events whose currency has no rate: counted everywhere, missing from all money",
    ),
    Series("views", "clicks", "events", False, "pages viewed: the first step of the funnel"),
    Series("searches", "clicks", "events", False, "searches"),
    Series("products", "clicks", "events", False, "product pages opened: second step"),
    Series("carts", "clicks", "events", False, "articles put into the cart: third step"),
    Series("checkouts", "clicks", "events", False, "checkouts begun: fourth step"),
    Series("pays", "clicks", "events", False, "clicks on pay: last step"),
    Series("errors", "clicks", "events", False, "errors shown"),
    Series("units_sold", "stock-movements", "pieces", False, "pieces sold, per place"),
    Series("units_returned", "stock-movements", "pieces", False, "pieces brought back, per place"),
    Series("units_received", "stock-movements", "pieces", False, "pieces delivered, per place"),
    Series("units_adjusted", "stock-movements", "pieces", False, "corrections: + found, − lost"),
)  # fmt: skip
