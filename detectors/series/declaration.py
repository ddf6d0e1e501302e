"""What is declared of a series of figures per minute."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Series", "Watcher"]

Source = Literal["scores", "clicks", "stock-movements"]
Unit = Literal["minor units", "pieces", "events"]
Bad = Literal["low", "high"]
Owner = Literal["payments", "fraud", "stores", "online shop", "stock"]
Watcher = Literal["sales", "figures", "checkout", "stock", "cases", "categories"]
Expected = Literal["chain", "stores"]

FALSE_PER_DAY = 0.02


@dataclass(frozen=True)
class Series:
    """One figure per minute, store and perhaps channel.

    Parameters
    ----------
    name
        As in `MetricPartial.series`.
    title
        Above a chart.
    one, many
        What is counted, in a sentence.
    source
        The topic whose events feed it.
    unit
        Of `MetricPartial.total`: money in the reporting currency's minor units, pieces, or the count again.
    by_channel
        Whether it is kept per channel; otherwise the channel is empty.
    meaning
        Its formula: which events feed it, and with what.
    owner
        Who looks at it first.
    watchers
        Who judges it: `sales` and `figures` by what is usual at the time (`watch/sales.py`), the first as
        fallen sales and the second as an unusual figure; `checkout` clicks on pay against payments
        (`watch/funnel.py`); `categories` each kind of goods by how the others sell (`watch/categories.py`);
        `stock` by levels and counts (`watch/stock.py`, `watch/shrinkage.py`); `cases` by its single payments
        (`watch/payments.py`).
    bad
        Which direction somebody should look at; None = neither by itself.
    rhythm
        The series whose rhythm it takes, of which it is a share until it proves otherwise: what is rare is
        too little to learn a rhythm from. Its own name = it has one; None = what is usual is not learnt.
    given
        The series whose events of the same minutes say how much of it is usual; None = the time of the week
        says. So few pieces sold where few pay is no finding, and few where as many pay as ever is one.
    told_as
        The series that says the same by other events: what has been told of one is not told of the other. Its
        own name = nothing else says it, though another series says how much is usual.
    expected
        For whom its expected course is published: nobody, the chain, or the chain and its stores.
    false_per_day
        False findings a day that watching it may cost, in all stores together.
    explained_by_checkout
        Whether a broken checkout explains what happens to it.
    by_category
        Whether it is kept by category of goods, for all stores together.

    """

    name: str
    title: str
    one: str
    many: str
    source: Source
    unit: Unit
    by_channel: bool
    meaning: str
    owner: Owner
    watchers: tuple[Watcher, ...] = ()
    bad: Bad | None = None
    rhythm: str | None = None
    given: str | None = None
    told_as: str | None = None
    expected: Expected | None = None
    false_per_day: float = FALSE_PER_DAY
    explained_by_checkout: bool = False
    by_category: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        """By what it is kept."""
        place = ("category",) if self.by_category else ("store",)
        return (*place, "channel") if self.by_channel else place

    @property
    def is_money(self) -> bool:
        """Whether its total is money."""
        return self.unit == "minor units"
