"""What goes wrong with goods: an article that sells out, and pieces that vanish."""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heapify, heappop, heappush
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.happening import Happening
from producers.simulator.incidents.trouble import Scene, ShelfOf, Trouble, begin_second, buying
from producers.simulator.purchases import Purchase
from producers.simulator.shelf import moves
from producers.simulator.stock import movement
from producers.simulator.stores import Shop

__all__ = ["Shrinkage", "StockOut"]

BEST_SELLERS = 6
RUSH_HOURS = (3.0, 3.6)
SOLD_OUT_HOURS = 0.75
ENOUGH = 1.25
"""Pieces that customers come for, against those that are there: the last customers leave without."""
SLOW_SELLERS = slice(12, 45)
"""Ranks of a store's articles that sell slowly: nobody would run out of them when some pieces are missing."""
DEAREST = 8


class StockOut(Trouble):
    """Everyone wants one article: in about three hours a store sells what would have lasted for days.

    It sells many times its usual, until nothing is left; then nobody buys it until the next delivery.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        self._shop = shops[0]
        self._rush = random.uniform(*RUSH_HOURS) * 3_600
        lasts = self._rush + SOLD_OUT_HOURS * 3_600
        self._second = begin_second(random, self._shop, scene.day, lasts) if second is None else second
        self._article = random.choice(scene.assortments[self._shop.store_id].articles[:BEST_SELLERS])
        self._scene = scene
        self.truth = Incident(
            kind="stock_out",
            title=f"{self._article.sku} ({self._article.category}) sells out at {self._shop.store.name}",
            store_id=self._shop.store_id,
            entity_type="sku",
            entity=self._article.sku,
            others=(self._shop.store_id,),
            begins_at=scene.at(self._second),
            ends_at=scene.at(self._second + lasts),
        )

    def sells_out_at(self, place_id: str) -> bool:
        """Say whether it is this store."""
        return place_id == self._shop.store_id

    def sell_out(self, purchases: list[Purchase], shelf_of: ShelfOf) -> list[Purchase]:
        """Add those who come for the article, and send away whoever comes when nothing is left."""
        shelf = shelf_of(self._shop.store_id, self._article.sku)
        wanted = purchases + self._rushing(round(shelf.opening * ENOUGH))
        kept = [purchase for purchase in wanted if not self._wants_it(purchase)]
        level, returns = shelf.opening, list(shelf.returns)
        heapify(returns)
        for purchase in sorted((p for p in wanted if self._wants_it(p)), key=lambda p: p.at):
            while returns and returns[0][0] <= purchase.at:
                level += heappop(returns)[1]
            sale, *later = [*moves([purchase], self._shop.store_id, self._article.sku)] or [(purchase.at, 0)]
            if level + sale[1] >= 0:
                level += sale[1]
                for back in later:
                    heappush(returns, back)
                kept.append(purchase)
            elif rest := tuple(line for line in purchase.lines if line.sku != self._article.sku):
                kept.append(
                    replace(purchase, lines=rest, discount_minor=0, refunded_at=None, refunded_lines=())
                )
        return kept

    def _wants_it(self, purchase: Purchase) -> bool:
        return purchase.shop is self._shop and any(line.sku == self._article.sku for line in purchase.lines)

    def _rushing(self, pieces: int) -> list[Purchase]:
        random = Random(f"{self._scene.seed}/rush/{self._scene.day}/{self._article.sku}")
        return [
            buying(
                random,
                at=self._scene.at(self._second + random.uniform(0, self._rush)),
                shop=self._shop,
                order=self._scene.order("r", number),
                customer=self._scene.crowd.draw(random, online=False),
                lines=((self._article, 1),),
            )
            for number in range(pieces)
        ]


class Shrinkage(Trouble):
    """Pieces of a dear article vanish from a store; a count one to two hours later finds 15 to 40 too few."""

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        self._shop = shops[0]
        lasts = random.uniform(60, 80) * 60
        second = begin_second(random, self._shop, scene.day, lasts) if second is None else second
        slow = scene.assortments[self._shop.store_id].articles[SLOW_SELLERS]
        dearest = sorted(slow, key=lambda article: -article.price_minor)[:DEAREST]
        self._article = random.choice(dearest)
        self._pieces = random.randint(15, 40)
        self._scene = scene
        self.truth = Incident(
            kind="shrinkage",
            title=f"{self._pieces} pieces of {self._article.sku} ({self._article.category}) vanish "
            f"at {self._shop.store.name}",
            store_id=self._shop.store_id,
            entity_type="sku",
            entity=self._article.sku,
            others=(self._shop.store_id,),
            begins_at=scene.at(second),
            ends_at=scene.at(second + lasts),
        )

    def lost(self, place_id: str, sku: str) -> int:
        """Say how many pieces of an article vanished."""
        return self._pieces if (place_id, sku) == (self._shop.store_id, self._article.sku) else 0

    def counts(self, purchases: list[Purchase], shelf_of: ShelfOf) -> Iterator[Happening]:
        """Yield the count that finds it, with the pieces that the next delivery has to make good."""
        place_id, sku, at = self._shop.store_id, self._article.sku, self.truth.ends_at
        shelf = shelf_of(place_id, sku)
        moved = (*shelf.returns, *moves(purchases, place_id, sku))
        # a store that has sold nearly all of them cannot lose more than is left
        there = shelf.opening + sum(change for when, change in moved if when <= at)
        level = max(0, there - self._pieces)
        yield movement(
            Random(f"{self._scene.seed}/shrinkage/{self._scene.day}"),
            at,
            place_id,
            sku=sku,
            kind="count",
            quantity=level,
            level_after=level,
            lost=self._pieces,
        )
