"""Sends synthetic payments and waits for what the judge says of each.

Reads: synthetic-answers
Writes: transactions
State: which payments wait for their answer, in memory
Delivery: each payment is another question, so nothing is sent again
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.request import urlopen
from uuid import uuid4

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from producers.client import EventProducer, Place
from producers.errors import NotDelivered
from schemas.decode import decode_record
from schemas.errors import Refused
from schemas.identifiers import uuid7
from schemas.synthetic_answer import SYNTHETIC_SOURCE, SyntheticAnswer
from schemas.topics import SYNTHETIC_ANSWERS, TRANSACTIONS
from schemas.transaction import Transaction

__all__ = ["SyntheticPayments", "call", "listener"]

log = logging.getLogger(__name__)

POLL_MS = 500
DELIVER_WITHIN_SECONDS = 20.0
CALL_WITHIN_SECONDS = 5.0
REMEMBERED = 60
"""Payments that may wait for their answer: an hour of them. Who is that late is not asked any more."""


class Sent(NamedTuple):
    """When a payment was handed over: wall clock, and the seconds of this process."""

    at: datetime
    seconds: float


class SyntheticPayments:
    """One round after the other: send if it is time, read the answers that came.

    Parameters
    ----------
    producer
        Of `transactions`.
    answers
        Consumer from `listener`.
    event_time
        What payments carry as their time; the simulated one where time is simulated.
    every_seconds
        Between two payments.
    came_through
        Told each time that one did, however late: the outgoing heartbeat.

    """

    def __init__(
        self,
        producer: EventProducer,
        answers: KafkaConsumer,
        *,
        event_time: Callable[[], datetime],
        every_seconds: float,
        came_through: Callable[[], None],
    ) -> None:
        self._producer = producer
        self._answers = answers
        self._event_time = event_time
        self._every_seconds = every_seconds
        self._came_through = came_through
        self._run = f"synthetic-{uuid4().hex[:16]}"
        self._due = self._heard = time.monotonic()
        self._waiting: dict[Place, Sent] = {}
        self.sent = self.answered = 0
        self.score_seconds: float | None = None
        self.answer_seconds: float | None = None
        self.passed_at: float | None = None

    @property
    def unanswered(self) -> int:
        """How many payments wait for their answer."""
        return len(self._waiting)

    @property
    def silent_seconds(self) -> float:
        """Since one came through; before the first, since this began."""
        return time.monotonic() - self._heard

    def round(self) -> None:
        """Send and read. While Kafka is away nothing comes through, and that is all there is to say."""
        try:
            if time.monotonic() >= self._due:
                self._due = time.monotonic() + self._every_seconds
                self._send()
            for records in self._answers.poll(timeout_ms=POLL_MS).values():
                for record in records:
                    self._read(record.value or b"")
        except (KafkaError, NotDelivered, TimeoutError) as error:
            log.warning("no synthetic payment went through", extra={"cause": repr(error)})
        self.passed_at = time.monotonic()

    def _send(self) -> None:
        sent = Sent(datetime.now(UTC), time.monotonic())
        payment = synthetic_payment(self._run, self.sent, self._event_time())
        self.sent += 1
        place = self._producer.deliver(TRANSACTIONS, payment).result(2 * DELIVER_WITHIN_SECONDS)
        self._waiting[place] = sent
        while len(self._waiting) > REMEMBERED:
            self._waiting.pop(next(iter(self._waiting)))

    def _read(self, value: bytes) -> None:
        try:
            answer = decode_record(SyntheticAnswer, value)
        except Refused as refused:
            log.warning("answer passed over", extra={"cause": refused.reason})
            return
        sent = self._waiting.pop(Place(answer.origin.partition, answer.origin.offset), None)
        if sent is None:  # of somebody else's payment, or said twice
            return
        self.answered += 1
        self._heard = time.monotonic()
        self.score_seconds = max(0.0, (answer.scored_at - sent.at).total_seconds())
        self.answer_seconds = self._heard - sent.seconds
        self._came_through()


def synthetic_payment(run: str, number: int, occurred_at: datetime) -> Transaction:
    """Make a payment of nothing by nobody; each of another terminal, so that partitions take turns."""
    return Transaction(
        event_id=uuid7(occurred_at),
        source=SYNTHETIC_SOURCE,
        run=run,
        seq=number,
        occurred_at=occurred_at,
        payment_id=f"{run}-{number}",
        status="authorised",
        amount_minor=0,
        currency="EUR",
        channel="pos",
        payment_method="cash",
        terminal_id=f"{SYNTHETIC_SOURCE}-{number}",
        store_id=SYNTHETIC_SOURCE,
    )


def listener(bootstrap_servers: str) -> KafkaConsumer:
    """Read answers from now on, outside any group."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers.split(","), enable_auto_commit=False)
    partitions = [
        TopicPartition(SYNTHETIC_ANSWERS.name, number) for number in range(SYNTHETIC_ANSWERS.partitions)
    ]
    consumer.assign(partitions)
    consumer.seek_to_end(*partitions)
    for partition in partitions:  # asked for now: what is answered before the first poll is to be read
        consumer.position(partition)
    return consumer


def call(url: str) -> None:
    """Ask an address, so that whoever waits there knows that all is well; nothing is done with the answer.

    A failure is logged without the address, which may hold a secret.
    """
    try:
        with urlopen(url, timeout=CALL_WITHIN_SECONDS) as response:  # noqa: S310  # HttpUrl of the settings
            response.read(1)
    except (OSError, ValueError) as error:
        log.warning("the heartbeat was not taken", extra={"cause": type(error).__name__})
