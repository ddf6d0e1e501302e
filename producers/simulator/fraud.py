"""Fraud as the card-fraud handbook simulates it: compromised terminals, and stolen cards that spend more.

Each day's thefts are drawn from the seed and that day alone, so any day can be made without the days before.

References
----------
Le Borgne, Siblini, Lebichot, Bontempi: Reproducible Machine Learning for Credit Card Fraud Detection -
Practical Handbook, chapter 3, "Transaction data simulator" (scenarios 2 and 3). Here episodes are shorter,
so that labels of a first week can teach something.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from producers.simulator.stores import SHOPS

__all__ = ["Thefts", "thefts_on"]

TERMINAL_DAYS = (5, 10)
TERMINAL_STARTS_PER_DAY = 0.15
TERMINAL_FRAUD_SHARE = 0.5
CARD_DAYS = 14
CARDS_PER_DAY = 4
CARD_PAYMENTS_PER_DAY = 0.4
SPENDING_FACTOR = 5


@dataclass(frozen=True)
class Thefts:
    """What is compromised on one day: terminals, and customers (by number) whose card was stolen."""

    terminals: frozenset[str]
    customers: tuple[int, ...]


def thefts_on(seed: int, day: date, customers: int, *, first_day: date) -> Thefts:
    """Return what is compromised on a day."""
    tills = [till.terminal_id for shop in SHOPS for till in shop.tills]
    terminals: set[str] = set()
    stolen: list[int] = []
    for age in range(CARD_DAYS):
        random = Random(f"{seed}/thefts/{day - timedelta(days=age)}")
        # one terminal is compromised when the simulation begins, or the first days would teach nothing
        begins = random.random() < TERMINAL_STARTS_PER_DAY or day - timedelta(days=age) == first_day
        terminal, lasts = random.choice(tills), random.randint(*TERMINAL_DAYS)
        if begins and age < lasts:
            terminals.add(terminal)
        stolen += random.sample(range(customers), CARDS_PER_DAY)
    return Thefts(frozenset(terminals), tuple(stolen))
