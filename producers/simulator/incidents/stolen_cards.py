"""Frauds that come at once: a stolen card on a spree, a compromised terminal, a bot that tries out cards."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.articles import Article, Assortment
from producers.simulator.customers import Customer
from producers.simulator.draw import Weighted
from producers.simulator.incidents.trouble import Scene, Trouble, begin_second, buying
from producers.simulator.purchases import Purchase
from producers.simulator.stores import WAREHOUSE, WEB, Shop

__all__ = ["CardTesting", "CompromisedTerminal", "StolenCardSpree"]

STRANGER = 900_000
"""Numbers of people who are not customers begin here; their devices are unknown to everyone."""
DEAREST = 12
TESTED_AUTHORISED_SHARE = 0.08
TESTING_REASONS = Weighted(
    ("security_code", "do_not_honour", "invalid_card", "expired_card"), (60, 20, 12, 8)
)


def dear(random: Random, assortment: Assortment) -> tuple[tuple[Article, int], ...]:
    """Fill a basket as thieves do: several of something dear that can be sold on."""
    by_price = sorted(assortment.articles, key=lambda article: -article.price_minor)[:DEAREST]
    return tuple((article, random.randint(2, 4)) for article in random.sample(by_price, random.randint(1, 2)))


class Added(Trouble):
    """An incident that is made of purchases of its own."""

    purchases: list[Purchase]

    def change(self, purchases: list[Purchase]) -> list[Purchase]:
        """Add them to the day."""
        return purchases + self.purchases


class StolenCardSpree(Added):
    """Somebody buys with one card what can be sold on, at several tills or online, until the owner sees it.

    Six to ten payments within 18 to 28 minutes, each many times what the customer usually spends. The
    customer reports all of them one to three hours later.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        [victim] = scene.victims(random, 1)
        count, lasts = random.randint(6, 10), random.uniform(18, 28) * 60
        second = begin_second(random, shops[0], scene.day, lasts) if second is None else second
        begins = scene.at(second)
        ends = scene.at(second + lasts)
        told = ends + timedelta(minutes=random.randint(60, 180))
        gaps = sorted(random.uniform(0, lasts) for _ in range(count - 2))
        thief = replace(victim, number=STRANGER + scene.day.toordinal() % 1_000, network="185.220.101.0/24")
        self.purchases = []
        for number, offset in enumerate((0.0, *gaps, lasts - 1)):
            shop = shops[number % len(shops)]
            assortment = scene.assortments[WAREHOUSE if shop is WEB else shop.store_id]
            bought = buying(
                random,
                at=scene.at(second + offset),
                shop=shop,
                order=scene.order("s", number),
                customer=thief,
                lines=dear(random, assortment),
            )
            self.purchases.append(replace(bought, fraud=True, known_at=told, said_by="customer"))
        self.truth = Incident(
            kind="stolen_card_spree",
            title=f"Stolen card: {count} payments at {' and '.join(shop.store.name for shop in shops[:3])}",
            store_id=shops[0].store_id if len(shops) == 1 else None,
            entity_type="card",
            entity=victim.card_id,
            others=tuple(x for x in (victim.customer_id, *(shop.store_id for shop in shops)) if x),
            begins_at=begins,
            ends_at=ends,
        )


class CompromisedTerminal(Added):
    """Cloned cards of 8 to 15 customers pay at one terminal within one or two hours.

    A good half of the customers have a bank that tells them at once: they report 15 to 45 minutes after the
    payment. The others find it on their statement days later.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        shop = shops[0]
        sound = [till for till in shop.tills if till.terminal_id not in scene.tampered]
        till = random.choice(sound or shop.tills)
        victims = scene.victims(random, random.randint(8, 15))
        lasts = random.uniform(60, 120) * 60
        second = begin_second(random, shop, scene.day, lasts) if second is None else second
        offsets = (0.0, *sorted(random.uniform(0, lasts) for _ in victims[2:]), lasts - 1)
        self.purchases = []
        for number, (victim, offset) in enumerate(zip(victims, offsets, strict=True)):
            at = scene.at(second + offset)
            bought = buying(
                random,
                at=at,
                shop=shop,
                till=till,
                order=scene.order("t", number),
                customer=victim,
                lines=dear(random, scene.assortments[shop.store_id]),
            )
            bought = replace(bought, fraud=True, entry_mode="swipe")
            if number % 3 != 2:
                told = at + timedelta(minutes=random.randint(15, 45))
                bought = replace(bought, known_at=told, said_by="customer")
            self.purchases.append(bought)
        self.truth = Incident(
            kind="compromised_terminal",
            title=f"Compromised terminal at {shop.store.name}: {len(victims)} cloned cards",
            store_id=shop.store_id,
            entity_type="terminal",
            entity=till.terminal_id,
            others=tuple(x for victim in victims for x in (victim.card_id, victim.customer_id) if x),
            begins_at=scene.at(second),
            ends_at=scene.at(second + lasts),
        )


class CardTesting(Added):
    """A bot tries out stolen card numbers at the checkout: small amounts, from one device and network.

    40 to 120 cards in 10 to 20 minutes, as guest; most are declined, most of those for their security code.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        shop = shops[0]
        count, lasts = random.randint(40, 120), random.uniform(10, 20) * 60
        second = begin_second(random, shop, scene.day, lasts) if second is None else second
        network = f"45.{random.randrange(256)}.{random.randrange(256)}.0/24"
        number_of_bot = STRANGER + 1_000 + scene.day.toordinal() % 1_000
        cheap = sorted(scene.assortments[WAREHOUSE].articles, key=lambda article: article.price_minor)[:20]
        offsets = (0.0, *sorted(random.uniform(0, lasts) for _ in range(count - 2)), lasts - 1)
        self.purchases = []
        for number, offset in enumerate(offsets):
            guest = Customer(
                number=number_of_bot,
                customer_id=None,
                card_id=f"card-{random.getrandbits(40):010x}",
                home=shop,
                taste=1.0,
                online=1.0,
                device="desktop",
                network=network,
                bin_country=random.choice(("DE", "FR", "PL", "US", "BR")),
            )
            bought = buying(
                random,
                at=scene.at(second + offset),
                shop=shop,
                order=scene.order("c", number),
                customer=guest,
                lines=((random.choice(cheap), 1),),
            )
            bought = replace(bought, fraud=True, hurry=0.03)
            if random.random() >= TESTED_AUTHORISED_SHARE:
                bought = replace(bought, decline_reason=TESTING_REASONS.draw(random), captured_at=None)
            self.purchases.append(bought)
        self.truth = Incident(
            kind="card_testing",
            title=f"Card testing on {shop.store.name.lower()}: a bot tries {count} cards",
            store_id=shop.store_id,
            entity_type="device",
            entity=f"device-{number_of_bot:05d}",
            others=(network, *(p.customer.card_id for p in self.purchases if p.customer is not None)),
            begins_at=scene.at(second),
            ends_at=scene.at(second + lasts),
        )
