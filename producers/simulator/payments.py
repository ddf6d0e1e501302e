"""What follows from a purchase: payment events, stock movements and a label."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from producers.simulator.happening import Happening, PiecesLeft
from producers.simulator.purchases import Purchase, total
from schemas.identifiers import uuid7
from schemas.label import Label, LabelSource
from schemas.stock_movement import MovementKind, StockMovement
from schemas.topics import LABELS, STOCK_MOVEMENTS, TRANSACTIONS
from schemas.transaction import Checks, EntryMode, Line, PaymentStatus, Transaction

__all__ = ["STOCK_DELAY", "happenings"]

CURRENCY = "EUR"
STOCK_DELAY = timedelta(seconds=1)


def happenings(purchase: Purchase) -> Iterator[Happening]:
    """Yield all events that a purchase causes, at their times, some of them days later."""
    random = Random(purchase.event_id.int)
    if purchase.failed:
        return
    if purchase.decline_reason is not None:
        yield payment(purchase, purchase.event_id, purchase.at, "declined", purchase.amount_minor)
    else:
        yield payment(purchase, purchase.event_id, purchase.at, "authorised", purchase.amount_minor)
        yield from moved(random, purchase, purchase.at, "sale", purchase.lines)
        if purchase.voided_at is not None:
            at = purchase.voided_at
            yield payment(purchase, uuid7(at, random), at, "voided", purchase.amount_minor)
            yield from moved(random, purchase, at, "return", purchase.lines)
        if purchase.captured_at is not None:
            at = purchase.captured_at
            yield payment(purchase, uuid7(at, random), at, "captured", purchase.amount_minor)
        if purchase.refunded_at is not None:
            at, lines = purchase.refunded_at, purchase.refunded_lines
            # what was taken off the price is not paid out again
            amount = total(lines) * purchase.amount_minor // total(purchase.lines)
            yield payment(purchase, uuid7(at, random), at, "refunded", amount)
            yield from moved(random, purchase, at, "return", lines)
    yield label(purchase)


def payment(
    purchase: Purchase, event_id: UUID, at: datetime, status: PaymentStatus, amount_minor: int
) -> Happening:
    """Build one event of a payment."""
    customer = purchase.customer if purchase.method in ("card", "wallet") or purchase.online else None
    first = status in ("authorised", "declined")
    source = purchase.till.source
    return Happening(
        at,
        TRANSACTIONS,
        source,
        partial(
            Transaction,
            event_id=event_id,
            source=source,
            occurred_at=at,
            payment_id=purchase.payment_id,
            order_id=purchase.order,
            status=status,
            amount_minor=amount_minor,
            currency=CURRENCY,
            channel=purchase.shop.store.channel,
            payment_method=purchase.method,
            customer_id=customer.customer_id if customer else None,
            card_id=customer.card_id if customer and purchase.method in ("card", "wallet") else None,
            terminal_id=purchase.till.terminal_id,
            store_id=purchase.shop.store_id,
            decline_reason=purchase.decline_reason if status == "declined" else None,
            checks=online_checks(purchase) if purchase.online and first else None,
            bin_country=customer.bin_country if customer and purchase.method == "card" else None,
            entry_mode=entry_mode(purchase),
            device_id=customer.device_id if customer and purchase.online else None,
            device=customer.device if customer and purchase.online else None,
            network=customer.network if customer and purchase.online else None,
            cashier_id=None if purchase.online else f"cashier-{purchase.till.source[5:]}-{at.day % 3 + 1}",
            discount_minor=purchase.discount_minor if first else 0,
            refund_of=purchase.payment_id if status == "refunded" else None,
            lines=refund_lines(purchase) if status == "refunded" else purchase.lines,
        ),
    )


def refund_lines(purchase: Purchase) -> tuple[Line, ...]:
    """Return the lines given back, as negative pieces."""
    return tuple(line.model_copy(update={"quantity": -line.quantity}) for line in purchase.refunded_lines)


def online_checks(purchase: Purchase) -> Checks:
    """Answer as the card network would; whoever stole the card often does not know the code."""
    return Checks(
        address="match" if not purchase.fraud else "unavailable",
        security_code="mismatch" if purchase.decline_reason == "security_code" else "match",
        three_d_secure="attempted" if purchase.fraud else "authenticated",
    )


def entry_mode(purchase: Purchase) -> EntryMode | None:
    """Say how the card was read."""
    if purchase.entry_mode is not None:
        return purchase.entry_mode
    if purchase.method == "wallet":
        return "stored" if purchase.online else "contactless"
    if purchase.method != "card":
        return None
    if purchase.online:
        return "ecommerce"
    return "contactless" if purchase.amount_minor < 5_000 else "chip"


def moved(
    random: Random, purchase: Purchase, at: datetime, kind: MovementKind, lines: tuple[Line, ...]
) -> Iterator[Happening]:
    """Yield one stock movement per line, right after the payment event that caused it."""
    at += STOCK_DELAY
    for line in lines:
        source = purchase.till.source
        yield Happening(
            at,
            STOCK_MOVEMENTS,
            source,
            partial(
                StockMovement,
                event_id=uuid7(at, random),
                source=source,
                occurred_at=at,
                place_id=purchase.place_id,
                sku=line.sku,
                kind=kind,
                quantity=line.quantity,
                payment_id=purchase.payment_id,
            ),
            PiecesLeft(purchase.place_id, line.sku, line.quantity if kind == "sale" else -line.quantity),
        )


def label(purchase: Purchase) -> Happening:
    """Build what becomes known about a payment, days later."""
    said_by: LabelSource = "matured"
    if purchase.said_by is not None:
        said_by = purchase.said_by
    elif purchase.fraud:
        said_by = "customer" if purchase.decline_reason is not None else "chargeback"
    by_card = purchase.method in ("card", "wallet")
    known = purchase.customer is not None and (by_card or purchase.online)
    return Happening(
        purchase.known_at,
        LABELS,
        "",
        partial(
            Label,
            event_id=purchase.event_id,
            customer_id=purchase.customer.customer_id if known and purchase.customer else None,
            card_id=purchase.customer.card_id if by_card and purchase.customer else None,
            terminal_id=purchase.till.terminal_id,
            occurred_at=purchase.at,
            known_at=purchase.known_at,
            verdict="fraud" if purchase.fraud else "genuine",
            said_by=said_by,
        ),
    )
