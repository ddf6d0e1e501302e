"""Every series of figures per minute: the one place where its name is spelled."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["SERIES", "Series"]

Source = Literal["scores", "clicks", "stock-movements"]
Unit = Literal["minor units", "pieces", "events"]
Bad = Literal["low", "high"]


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
    bad
        Which direction somebody should look at; None = neither, or another watcher knows more: the funnel's
        steps are judged against each other, goods by their levels, reviewed payments one by one.

    """

    name: str
    source: Source
    unit: Unit
    by_channel: bool
    meaning: str
    bad: Bad | None = None


def table(*series: Series) -> dict[str, Series]:
    """Index series by name."""
    return {one.name: one for one in series}


SERIES = table(
    Series("revenue", "scores", "minor units", True, "authorised − voided − refunded money", "low"),
    Series("orders", "scores", "minor units", True, "authorised payments and their money", "low"),
    Series("declined", "scores", "minor units", True, "declined payments and their money", "high"),
    Series("refunds", "scores", "minor units", True, "refunds and their money", "high"),
    Series("voids", "scores", "minor units", True, "voided payments and their money", "high"),
    Series("reviewed", "scores", "minor units", True, "payments decided `review` and their money"),
    Series(
        "unconverted", "scores", "events", True,
        "payment events whose currency has no rate: counted everywhere, missing from all money", "high",
    ),
    Series("views", "clicks", "events", False, "pages viewed: the first step of the funnel", "low"),
    Series("searches", "clicks", "events", False, "searches"),
    Series("products", "clicks", "events", False, "product pages opened: second step"),
    Series("carts", "clicks", "events", False, "articles put into the cart: third step"),
    Series("checkouts", "clicks", "events", False, "checkouts begun: fourth step"),
    Series("pays", "clicks", "events", False, "clicks on pay: last step"),
    Series("errors", "clicks", "events", False, "errors shown", "high"),
    Series("units_sold", "stock-movements", "pieces", False, "pieces sold, per place"),
    Series("units_returned", "stock-movements", "pieces", False, "pieces brought back, per place"),
    Series("units_received", "stock-movements", "pieces", False, "pieces delivered, per place"),
    Series("units_adjusted", "stock-movements", "pieces", False, "corrections: + found, − lost"),
)  # fmt: skip
