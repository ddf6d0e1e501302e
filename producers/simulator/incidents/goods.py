"""What goes wrong with a category of goods: nobody can buy it, wherever it is sold."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.calendar import clock_seconds
from producers.simulator.incidents.trouble import Scene, Trouble
from producers.simulator.purchases import Purchase
from producers.simulator.stores import WAREHOUSE

__all__ = ["FallenCategory"]

EARLIEST, LATEST = clock_seconds("10:00"), clock_seconds("18:00")
"""While all stores are open: it is none that one could see in the figures of a few."""

MINUTES, MINUTES_IN_SCRIPT = (90.0, 150.0), (60.0, 72.0)
"""How long it lasts: in the script until it is over."""


class FallenCategory(Trouble):
    """A category is blocked at all tills and online, for one and a half to two and a half hours or so.

    By a wrong price file, say. Whoever came for nothing else buys nothing, the others leave it out.
    """

    def __init__(self, random: Random, scene: Scene, spared: Sequence[str], second: float | None) -> None:
        articles = scene.assortments[WAREHOUSE].articles
        categories = sorted({article.category for article in articles} - set(spared))
        self._category = random.choice(categories)
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
