"""What goes wrong with a category of goods: nobody can buy it, wherever it is sold."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.articles import Assortment, shares_of_sales
from producers.simulator.calendar import clock_seconds
from producers.simulator.incidents.trouble import Scene, Trouble
from producers.simulator.purchases import Purchase
from producers.simulator.stores import WAREHOUSE

__all__ = ["FallenCategory"]

EARLIEST, LATEST = clock_seconds("10:00"), clock_seconds("18:00")
"""While all stores are open: it is none that one could see in the figures of a few."""

MINUTES, MINUTES_IN_SCRIPT = (90.0, 150.0), (70.0, 78.0)
"""How long it lasts: in the script until it is over."""


class FallenCategory(Trouble):
    """A category is blocked at all tills and online, for one and a half to two and a half hours or so.

    By a wrong price file, say. Whoever came for nothing else buys nothing, the others leave it out.
    """

    def __init__(self, random: Random, scene: Scene, spared: Sequence[str], second: float | None) -> None:
        sold = shares_by_category(scene.assortments[WAREHOUSE])
        categories = sorted(set(sold) - set(spared))
        self._category = random.choice(categories)
        if second is not None:  # in the script, whose time is short: what sells best is missed soonest
            self._category = max(categories, key=lambda category: sold[category])
        lasts = random.uniform(*(MINUTES if second is None else MINUTES_IN_SCRIPT)) * 60
        second = random.uniform(EARLIEST, LATEST - lasts) if second is None else second
        self._left = random.uniform(0, 0.12)
        self.truth = Incident(
            kind="fallen_category",
            title=f"Nobody can buy {self._category}: blocked at all tills and online",
            entity_type="category",
            entity=self._category,
            begins_at=scene.at(second),
            ends_at=scene.at(second + lasts),
        )

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Leave the category out of most receipts; which ones hangs on their ids."""
        changed = [
            purchase if self._is_spared(purchase) else self._without(purchase) for purchase in purchases
        ]
        return [purchase for purchase in changed if purchase.lines]

    def _is_spared(self, purchase: Purchase) -> bool:
        return (
            not self.during(purchase.at)
            or all(line.category != self._category for line in purchase.lines)
            or Random(purchase.order).random() < self._left
        )

    def _without(self, purchase: Purchase) -> Purchase:
        lines = tuple(line for line in purchase.lines if line.category != self._category)
        return replace(purchase, lines=lines, discount_minor=0, refunded_at=None, refunded_lines=())


def shares_by_category(assortment: Assortment) -> dict[str, float]:
    """Expect which part of the lines sold is of which category."""
    sold: dict[str, float] = defaultdict(float)
    for sku, share in shares_of_sales(assortment.articles).items():
        sold[assortment.by_sku[sku].category] += share
    return sold
