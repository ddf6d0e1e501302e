"""What became of a synthetic payment: one that is sent only to see whether the way to an alert is open."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime
from schemas.origin import Origin
from schemas.transaction import Transaction

__all__ = ["SYNTHETIC_SOURCE", "SyntheticAnswer", "is_synthetic"]

SYNTHETIC_SOURCE = "tillwatch-synthetic"
"""Source and store of synthetic payments; the collector gives no key to it."""


def is_synthetic(payment: Transaction) -> bool:
    """Whether a payment of the reserved source is a synthetic one, of which no figure misses anything.

    It is of no money, nobody and no store that exists. Any other payment that carries the id is one like all
    others, so nobody can hide a payment behind it.
    """
    return (
        payment.source == payment.store_id == SYNTHETIC_SOURCE
        and payment.status == "authorised"
        and payment.amount_minor == 0
        and payment.customer_id is None
        and payment.card_id is None
        and payment.cashier_id is None
        and payment.discount_minor == payment.price_overrides == 0
        and not payment.no_sale
        and not payment.lines
    )


class SyntheticAnswer(Contract):
    """The judge has read the score of a synthetic payment, and has told all that it had to tell by then."""

    origin: Origin = Field(description="the payment in transactions")
    received_at: EventTime = Field(description="when Kafka took the payment")
    scored_at: EventTime = Field(description="wall clock of the worker")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the payment's place."""
        return f"{self.origin.generation}|{self.origin.partition}|{self.origin.offset}"
