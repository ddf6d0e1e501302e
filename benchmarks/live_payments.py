"""Payments to be sent one by one at their time, and people who test cards among them.

One payment in twenty is made by somebody who tests cards: five cards on one device, all declined, which is
what raises an alert. One of a hundred payments therefore raises one. All else is as unremarkable as can be:
customers hardly ever pay twice, and thousands of tills and networks share the payments.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from benchmarks.workload import START, made_payment, partition_of
from schemas.topics import TRANSACTIONS
from schemas.transaction import Line

__all__ = ["ALERT_EVERY", "LivePayment", "device_of", "make_live_payments"]

ALERT_EVERY = 100
TRY_EVERY = 20
CUSTOMERS = 500_000
TERMINALS = 10_000
NETWORKS = 250
ARTICLES = 5_000


class LivePayment(NamedTuple):
    """A record that lacks its time only.

    Parameters
    ----------
    event
        Its event id.
    happens
        Index of the payment at whose time this one happened: mostly its own. The tries of one device
        happened at the time of the first, so that their alert does not rest on the order of partitions.

    """

    event: bytes
    partition: int
    key: bytes
    head: bytes
    tail: bytes
    happens: int

    def value(self, occurred_at: str) -> bytes:
        """Give the record; the time in ISO 8601."""
        return self.head + occurred_at.encode() + self.tail


def make_live_payments(count: int, seed: int) -> Iterator[LivePayment]:
    """Make payments; the same seed makes the same."""
    random = Random(seed)  # noqa: S311  # a workload that can be made again, no secret
    for index in range(count):
        yield live_payment(random, index)


def live_payment(random: Random, index: int) -> LivePayment:
    """Make one payment."""
    terminal = random.randrange(TERMINALS)
    customer = f"customer-{random.randrange(CUSTOMERS)}"
    device = device_of(index)
    update: dict[str, object] = {
        "customer_id": customer,
        "network": f"203.0.{random.randrange(NETWORKS)}.0/24",
        "device_id": f"phone-{index}",
        "status": "authorised",
    }
    if device is not None:
        update |= {"device_id": device, "status": "declined", "customer_id": f"tester-{index}"}
    update["card_id"] = f"card-of-{update['customer_id']}"
    lines = tuple(sold(random) for _ in range(2))
    amount = sum(line.unit_price_minor for line in lines)
    payment = made_payment(random, index, START, terminal, amount)
    payment = payment.model_copy(update={**update, "lines": lines})
    record = payment.model_dump(mode="json", exclude_none=True)["occurred_at"].encode()
    head, tail = payment.model_dump_json(exclude_none=True).encode().split(b'"' + record + b'"')
    first_try = index - index % ALERT_EVERY + TRY_EVERY - 1
    return LivePayment(
        event=str(payment.event_id).encode(),
        partition=partition_of(TRANSACTIONS, payment.key),
        key=payment.key.encode(),
        head=head + b'"',
        tail=b'"' + tail,
        happens=index if device is None else first_try,
    )


def sold(random: Random) -> Line:
    """Sell one piece of an article, at the one price it has everywhere: another would raise an alert."""
    article = random.randrange(ARTICLES)
    return Line(sku=f"sku-{article}", quantity=1, unit_price_minor=99 + article * 7 % 9_000)


def device_of(index: int) -> str | None:
    """Name the device of a payment by which a card is tested; None for all others."""
    return f"device-{index // ALERT_EVERY}" if index % TRY_EVERY == TRY_EVERY - 1 else None
