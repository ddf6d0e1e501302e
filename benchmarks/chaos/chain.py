"""The made-up chain whose events are sent while everything dies: any event can be made again from its number.

So whoever sends them may die at any moment: its successor sends again what the ledger does not name, the
same events under the same numbers, as a till with a spool does.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from pydantic import BaseModel

from schemas.click import Click, ClickAction
from schemas.heartbeat import Heartbeat
from schemas.identifiers import uuid7
from schemas.label import Label
from schemas.stock_movement import MovementKind, StockMovement
from schemas.store import OpeningHours, Store
from schemas.topics import CLICKS, HEARTBEATS, LABELS, STOCK_MOVEMENTS, STORES, TRANSACTIONS, Topic
from schemas.transaction import Channel, PaymentStatus, Transaction

__all__ = ["Chain"]

RUN = "run-1"
STEP = timedelta(seconds=1)
"""Of event time between two payments: 20 minutes at 200 payments a second are 67 simulated hours."""

STORES_COUNT = 12
TERMINALS_PER_STORE = 4
CUSTOMERS = 6_000
LABELLED_EVERY = 8
LABEL_AFTER = 400
"""Payments between one and its label."""

BOT_EVERY, BOT_LASTS, TRY_EVERY = 400, 240, 9
"""A bot comes every so many payments and tries a card with every ninth of 240: an alert of 27 payments that
goes on while somebody answers it, so that there are verdicts of many payments, and alerts behind answers."""

CLICK_EVERY = 5
MOVEMENT_EVERY = 6
AGAIN_EVERY = 12
"""Every so many payments one of the last clicks and one of the last movements are sent again, as after an
acknowledgement that was lost, and now and then one of long ago, as a spool that is drained twice."""
AGAIN_WITHIN, LONG_AGO_EVERY = 200, 10
HEARTBEAT_EVERY = 600

STATUSES: tuple[PaymentStatus, ...] = (
    *("authorised",) * 88, *("declined",) * 6, *("captured", "voided", "refunded") * 2
)  # fmt: skip
ACTIONS: tuple[ClickAction, ...] = ("view", "search", "product", "add_to_cart", "checkout", "pay", "error")
MOVEMENTS: tuple[MovementKind, ...] = ("sale", "sale", "sale", "receipt", "return", "adjustment", "count")
CHANNELS: dict[int, Channel] = {0: "web", 1: "app"}


class Chain:
    """Makes what the chain sends, by number.

    Parameters
    ----------
    seed
        Of everything that is drawn.
    begins_at
        Event time of payment 0.

    """

    def __init__(self, seed: int, begins_at: datetime) -> None:
        self._seed = seed
        self._begins_at = begins_at

    def stores(self) -> list[Store]:
        """Make the master data."""
        always = tuple(OpeningHours(weekday=day, opens="00:00", closes="24:00") for day in range(7))
        return [
            Store(
                store_id=f"store-{number}",
                name=f"Store {number}",
                channel=channel(number),
                region="north",
                time_zone="UTC",
                hours=always,
            )
            for number in range(STORES_COUNT)
        ]

    def events(self, number: int) -> Iterator[tuple[Topic, BaseModel]]:
        """Make payment `number` and all that goes with it, in the order of sending."""
        yield TRANSACTIONS, self.payment(number)
        if number >= LABEL_AFTER and number % LABELLED_EVERY == 0:
            yield LABELS, self.label(number - LABEL_AFTER)
        if number % CLICK_EVERY == 0:
            yield CLICKS, self.click(number // CLICK_EVERY)
        if number % MOVEMENT_EVERY == 0:
            yield STOCK_MOVEMENTS, self.movement(number // MOVEMENT_EVERY)
        if number and number % AGAIN_EVERY == 0:
            yield CLICKS, self.click(self.sent_again("click", number, number // CLICK_EVERY))
            yield (
                STOCK_MOVEMENTS,
                self.movement(self.sent_again("movement", number, number // MOVEMENT_EVERY)),
            )
        if number % HEARTBEAT_EVERY == 0:
            yield from ((HEARTBEATS, self.heartbeat(store, number)) for store in range(STORES_COUNT))
        if number == 0:
            yield from ((STORES, store) for store in self.stores())

    def sent_again(self, kind: str, number: int, newest: int) -> int:
        """Say which of the clicks or movements up to the newest is sent again with payment `number`."""
        random = self._random(f"{kind} again", number)
        long_ago = number // AGAIN_EVERY % LONG_AGO_EVERY == 0
        return random.randrange(0 if long_ago else max(0, newest - AGAIN_WITHIN), newest + 1)

    def _random(self, kind: str, number: int) -> Random:
        return Random(f"{self._seed} {kind} {number}")  # noqa: S311  # made again after a death, no secret

    def at(self, number: int) -> datetime:
        """When payment `number` happens."""
        return self._begins_at + STEP * number

    def payment(self, number: int) -> Transaction:
        """Make one event of a payment; each store numbers its own."""
        random = self._random("payment", number)
        store = number % STORES_COUNT
        customer = random.randrange(CUSTOMERS)
        status, amount_minor = random.choice(STATUSES), random.randrange(100, 30_000)
        bot = bot_of(number)
        return Transaction(
            event_id=uuid7(self.at(number), random),
            source=f"till-{store}",
            run=RUN,
            seq=number // STORES_COUNT,
            occurred_at=self.at(number),
            payment_id=f"payment-{number}",
            status=status if bot is None else "declined",
            amount_minor=amount_minor,
            currency="EUR",
            channel=channel(store),
            customer_id=f"customer-{customer}",
            card_id=f"token-{customer}",
            terminal_id=f"terminal-{store}-{random.randrange(TERMINALS_PER_STORE)}",
            store_id=f"store-{store}",
            device_id=bot,
        )

    def label(self, number: int) -> Label:
        """Make the label of payment `number`, known when payment `number + LABEL_AFTER` is made."""
        paid = self.payment(number)
        robbed = paid.terminal_id.endswith("-0") and number % STORES_COUNT % 4 == 0
        fraud = robbed and self._random("label", number).random() < 0.5
        return Label(
            event_id=paid.event_id,
            customer_id=paid.customer_id,
            terminal_id=paid.terminal_id,
            occurred_at=paid.occurred_at,
            known_at=self.at(number + LABEL_AFTER),
            verdict="fraud" if fraud else "genuine",
            said_by="customer" if fraud else "matured",
        )

    def click(self, number: int) -> Click:
        """Make a step of a visitor of the web shop."""
        random = self._random("click", number)
        occurred_at = self.at(number * CLICK_EVERY)
        visitor = random.randrange(CUSTOMERS)
        return Click(
            event_id=uuid7(occurred_at, random),
            source="shop",
            run=RUN,
            seq=number,
            occurred_at=occurred_at,
            visitor_id=f"visitor-{visitor}",
            session_id=f"session-{visitor}-{number // 1_000}",
            store_id="store-0",
            page="/",
            action=random.choice(ACTIONS),
        )

    def movement(self, number: int) -> StockMovement:
        """Make a movement of goods at a store."""
        random = self._random("movement", number)
        occurred_at = self.at(number * MOVEMENT_EVERY)
        return StockMovement(
            event_id=uuid7(occurred_at, random),
            source="warehouse",
            run=RUN,
            seq=number,
            occurred_at=occurred_at,
            place_id=f"store-{random.randrange(STORES_COUNT)}",
            sku=f"sku-{random.randrange(40)}",
            kind=random.choice(MOVEMENTS),
            quantity=random.randrange(1, 20),
        )

    def heartbeat(self, store: int, number: int) -> Heartbeat:
        """Say how far a store's till has counted when payment `number` is made."""
        return Heartbeat(
            source=f"till-{store}",
            run=RUN,
            store_id=f"store-{store}",
            at=self.at(number),
            next_seq={TRANSACTIONS.name: number // STORES_COUNT + (store <= number % STORES_COUNT)},
        )


def bot_of(number: int) -> str | None:
    """Name the device of the bot that makes payment `number`; most are made by none."""
    attack, place = divmod(number, BOT_EVERY)
    return f"bot-{attack}" if place < BOT_LASTS and place % TRY_EVERY == 0 else None


def channel(store: int) -> Channel:
    """How a store sells: one web shop, one app, else tills."""
    return CHANNELS.get(store, "pos")
