"""Who buys: customers with habits."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from producers.simulator.draw import Weighted
from producers.simulator.stores import SHOPS, Shop

__all__ = ["Crowd", "Customer"]

Device = Literal["desktop", "ios", "android", "tablet"]
DEVICES: Weighted[Device] = Weighted(("desktop", "ios", "android", "tablet"), (4, 3, 4, 1))
FOREIGN = ("AT", "CH", "FR", "NL", "PL")


@dataclass(frozen=True)
class Customer:
    """One customer; `taste` multiplies what an average customer spends, `online` is a share of visits.

    A guest has no `customer_id`.
    """

    number: int
    customer_id: str | None
    card_id: str
    home: Shop
    taste: float
    online: float
    device: Device
    network: str
    bin_country: str

    @property
    def visitor_id(self) -> str:
        """The pseudonym of the customer's browser."""
        return f"visitor-{self.number:05d}"

    @property
    def device_id(self) -> str:
        """The customer's phone or computer."""
        return f"device-{self.number:05d}"


class Crowd:
    """All customers; some come daily, most now and then.

    Parameters
    ----------
    seed, size
        The same seed makes the same people.

    """

    def __init__(self, seed: int, size: int) -> None:
        random = Random(f"{seed}/customers")
        homes = Weighted(SHOPS, (shop.size for shop in SHOPS))
        self.customers = tuple(build_customer(random, number, homes.draw(random)) for number in range(size))
        # visits per customer differ by a factor of about five between the lower and the upper tenth
        visits = [random.lognormvariate(0, 0.6) for _ in self.customers]
        self._in_store = Weighted(self.customers, visits)
        self._online = Weighted(
            self.customers,
            (often * customer.online for often, customer in zip(visits, self.customers, strict=True)),
        )

    def draw(self, random: Random, *, online: bool) -> Customer:
        """Draw who buys next, in a store or online."""
        return (self._online if online else self._in_store).draw(random)


def build_customer(random: Random, number: int, home: Shop) -> Customer:
    """Make one customer."""
    return Customer(
        number=number,
        customer_id=f"customer-{number:05d}",
        card_id=f"card-{random.getrandbits(40):010x}",
        home=home,
        taste=random.lognormvariate(0, 0.35),
        online=random.betavariate(1, 4),
        device=DEVICES.draw(random),
        network=f"10.{random.randrange(256)}.{random.randrange(256)}.0/24",
        bin_country="DE" if random.random() < 0.95 else random.choice(FOREIGN),
    )
