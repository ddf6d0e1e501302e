"""What goes wrong with sales: a broken checkout, a store that sells nothing, a price that is wrong."""

from dataclasses import replace
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.incidents.trouble import Scene, Trouble, begin_second, buying
from producers.simulator.purchases import Purchase, total
from producers.simulator.sessions import Release
from producers.simulator.stores import WAREHOUSE, WEB, Shop
from schemas.transaction import Device

__all__ = ["BrokenCheckout", "CollapsedSales", "PriceGlitch"]

BROKEN_RELEASE = "5.3.0"
PLATFORM_NAMES: dict[Device, str] = {"android": "Android", "ios": "iOS"}
PLATFORMS: tuple[Device, ...] = tuple(PLATFORM_NAMES)
REACHED_TENTHS = 9
"""So many in ten installations take the release at once."""
GLITCH_BEST_SELLERS = 10
GLITCH_DEAREST = 4
"""It happens to one of the four dearest of the ten best sellers: else nobody would come for it. Chosen."""


class BrokenCheckout(Trouble):
    """A release of the app fails at the last step: whoever has it sees an error and pays nothing.

    On one platform, for 40 to 60 minutes, until the release is withdrawn. What was in the carts is not sold.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        self._shop = shops[0]
        lasts = random.uniform(40, 60) * 60
        second = begin_second(random, self._shop, scene.day, lasts) if second is None else second
        begins, ends = scene.at(second), scene.at(second + lasts)
        # drawn apart, so that all other incidents stay as they are
        device = Random(f"{scene.seed}/platform/{scene.day}").choice(PLATFORMS)
        self._release = Release(BROKEN_RELEASE, self._shop, begins, ends, REACHED_TENTHS, device)
        self.truth = Incident(
            kind="broken_checkout",
            title=f"Checkout broken in release {BROKEN_RELEASE} of the {self._shop.store.name.lower()}, "
            f"{PLATFORM_NAMES[device]} only",
            store_id=self._shop.store_id,
            entity_type="store",
            entity=self._shop.store_id,
            others=(BROKEN_RELEASE, device),
            begins_at=begins,
            ends_at=ends,
        )

    def releases(self) -> tuple[Release, ...]:
        """Give the broken release."""
        return (self._release,)

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Let the payments of those with the release fail."""
        return [
            replace(purchase, failed=True, release=BROKEN_RELEASE)
            if purchase.customer is not None
            and self._release.reached(purchase.shop, purchase.customer, purchase.at)
            else purchase
            for purchase in purchases
        ]


class CollapsedSales(Trouble):
    """A store sells next to nothing for one and a half to two and a half hours while its tills are up."""

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        self._shop = shops[0]
        lasts = random.uniform(95, 150) * 60
        second = begin_second(random, self._shop, scene.day, lasts) if second is None else second
        self._left = random.uniform(0, 0.12)
        self.truth = Incident(
            kind="collapsed_sales",
            title=f"Sales of {self._shop.store.name} collapse, tills are up",
            store_id=self._shop.store_id,
            entity_type="store",
            entity=self._shop.store_id,
            begins_at=scene.at(second),
            ends_at=scene.at(second + lasts),
        )

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Leave few of the store's purchases; which ones hangs on their ids."""
        return [
            purchase
            for purchase in purchases
            if purchase.shop is not self._shop
            or not self.during(purchase.at)
            or Random(purchase.order).random() < self._left
        ]


class PriceGlitch(Trouble):
    """One article is sold at a tenth or a hundredth of its price for three quarters of an hour.

    In the web shop or in some stores. Word gets around: many come for it.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        self._shops = tuple(shops)
        lasts = random.uniform(40, 50) * 60
        second = begin_second(random, shops[0], scene.day, lasts) if second is None else second
        popular = scene.assortments[WAREHOUSE].articles[:GLITCH_BEST_SELLERS]
        article = random.choice(sorted(popular, key=lambda one: -one.price_minor)[:GLITCH_DEAREST])
        self._price_minor = article.price_minor // random.choice((10, 10, 100))
        online = WEB in shops
        rushed = replace(article, price_minor=self._price_minor)
        begins, ends = scene.at(second), scene.at(second + lasts)
        self._extra = []
        for number in range(random.randint(40, 70)):
            shop = random.choice(shops)
            self._extra.append(
                buying(
                    random,
                    # it takes some minutes until the first have told others
                    at=scene.at(second + 120 + random.triangular(0, lasts - 121, 0.5 * lasts)),
                    shop=shop,
                    order=scene.order("g", number),
                    customer=scene.crowd.draw(random, online=online),
                    lines=((rushed, random.choice((1, 1, 2))),),
                )
            )
        self._sku = article.sku
        where = "the web shop" if online else f"{len(shops)} stores"
        self.truth = Incident(
            kind="price_glitch",
            title=f"Wrong price: {article.sku} ({article.category}) for {euro(self._price_minor)} "
            f"instead of {euro(article.price_minor)} in {where}",
            store_id=shops[0].store_id if len(shops) == 1 else None,
            entity_type="sku",
            entity=article.sku,
            others=tuple(shop.store_id for shop in shops),
            begins_at=begins,
            ends_at=ends,
        )

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Put the wrong price on the receipts, and add those who came for it."""
        return [self._at_wrong_price(purchase) for purchase in purchases] + self._extra

    def _at_wrong_price(self, purchase: Purchase) -> Purchase:
        if (
            purchase.shop not in self._shops
            or not self.during(purchase.at)
            or all(line.sku != self._sku for line in purchase.lines)
        ):
            return purchase
        lines, returned = (
            tuple(
                line.model_copy(update={"unit_price_minor": self._price_minor})
                if line.sku == self._sku
                else line
                for line in before
            )
            for before in (purchase.lines, purchase.refunded_lines)
        )
        discount = total(lines) // 10 if purchase.discount_minor else 0
        return replace(purchase, lines=lines, refunded_lines=returned, discount_minor=discount)


def euro(minor: int) -> str:
    """Write an amount as on a price tag."""
    return f"€{minor // 100}.{minor % 100:02d}"
