"""Events for tests: small, seeded, valid unless a field is overridden."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from schemas.click import Click
from schemas.identifiers import uuid7
from schemas.label import Label
from schemas.stock_movement import StockMovement
from schemas.transaction import Transaction

__all__ = ["MONDAY", "click", "label", "movement", "payment", "payments"]

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def payment(seq: int = 0, **fields: Any) -> Transaction:
    """Make the payment with this number; the same number makes the same payment."""
    random = Random(seq)
    occurred_at = fields.pop("occurred_at", MONDAY + timedelta(seconds=seq))
    return Transaction(
        **{
            "event_id": uuid7(occurred_at, random),
            "source": "till-1",
            "run": "run-1",
            "seq": seq,
            "occurred_at": occurred_at,
            "payment_id": f"payment-{seq}",
            "status": "authorised",
            "amount_minor": random.randrange(100, 20_000),
            "currency": "EUR",
            "channel": "pos",
            "customer_id": f"customer-{random.randrange(50)}",
            "terminal_id": f"terminal-{random.randrange(20)}",
            "store_id": f"store-{random.randrange(5)}",
            **fields,
        }
    )


def payments(count: int, **fields: Any) -> list[Transaction]:
    """Make payments numbered from 0."""
    return [payment(seq, **fields) for seq in range(count)]


def label(paid: Transaction, known_at: datetime, **fields: Any) -> Label:
    """Make the label of a payment."""
    return Label(
        **{
            "event_id": paid.event_id,
            "customer_id": paid.customer_id,
            "terminal_id": paid.terminal_id,
            "occurred_at": paid.occurred_at,
            "known_at": known_at,
            "verdict": "genuine",
            "said_by": "matured",
            **fields,
        }
    )


def click(seq: int = 0, **fields: Any) -> Click:
    """Make the click with this number."""
    occurred_at = MONDAY + timedelta(seconds=seq)
    return Click(
        **{
            "event_id": uuid7(occurred_at, Random(seq)),
            "source": "shop",
            "run": "run-1",
            "seq": seq,
            "occurred_at": occurred_at,
            "visitor_id": f"visitor-{seq % 7}",
            "session_id": f"session-{seq % 7}",
            "store_id": "web",
            "page": "/",
            "action": "view",
            **fields,
        }
    )


def movement(seq: int = 0, **fields: Any) -> StockMovement:
    """Make the stock movement with this number."""
    occurred_at = MONDAY + timedelta(seconds=seq)
    return StockMovement(
        **{
            "event_id": uuid7(occurred_at, Random(seq)),
            "source": "warehouse",
            "run": "run-1",
            "seq": seq,
            "occurred_at": occurred_at,
            "place_id": f"store-{seq % 3}",
            "sku": f"sku-{seq % 5}",
            "kind": "sale",
            "quantity": 1,
            **fields,
        }
    )
