"""Payments of a made-up chain, with labels and a trained model: what the throughput is measured on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_SET
from detectors.fraud.label_book import LabelBook
from detectors.fraud.online import OnlineTrainer
from schemas.errors import Stop
from schemas.identifiers import uuid7
from schemas.label import Label
from schemas.model import Model
from schemas.origin import Origin
from schemas.score import Score, ScoredPayment
from schemas.topics import TRANSACTIONS, Topic
from schemas.transaction import Checks, Line, Transaction

__all__ = [
    "MIN_RECORD_BYTES",
    "PAYMENTS_PER_DAY",
    "Expected",
    "Workload",
    "expected_scores",
    "make_workload",
    "partition_of",
]

MIN_RECORD_BYTES = 600
"""A real till's payment with two receipt lines and the network's checks has 700 to 900."""

START = datetime(2026, 3, 1, tzinfo=UTC)
PAYMENTS_PER_DAY = 5_000
LABEL_DELAY = timedelta(days=7)
HISTORY_DAYS = 28
"""Long enough for trees: the first 14 days are left out of their sample, and labels take 7."""
CUSTOMERS = 5_000
TERMINALS = 400
STORES = 40


@dataclass(frozen=True)
class Workload:
    """What is in the topics before anything is measured.

    Parameters
    ----------
    payments
        In event time.
    labels
        One for each payment, known 7 days later.
    model
        Trained on four weeks before the first payment, valid from its start: trees and the online model.

    """

    payments: list[Transaction]
    labels: list[Label]
    model: Model


@dataclass(frozen=True)
class Expected:
    """What the score record of one payment must say."""

    score: float
    model_version: str
    features: tuple[float, ...]


def make_workload(count: int, seed: int, *, per_day: int = PAYMENTS_PER_DAY) -> Workload:
    """Make payments, labels and a model; the same seed makes the same."""
    random = Random(seed)  # noqa: S311  # a workload that can be made again, no secret
    history = HISTORY_DAYS * per_day
    events = list(labelled_payments(random, history + count, per_day))
    return Workload(
        payments=[payment for payment, _ in events[history:]],
        labels=[label for _, label in events[history:]],
        model=trained_model(events[:history]),
    )


def labelled_payments(random: Random, count: int, per_day: int) -> Iterator[tuple[Transaction, Label]]:
    """Make payments one after the other; every 40th terminal is compromised and asks for more."""
    begins = START - timedelta(days=HISTORY_DAYS)
    step = timedelta(days=1) / per_day
    for seq in range(count):
        terminal = random.randrange(TERMINALS)
        fraud = terminal % 40 == 0 and random.random() < 0.5
        amount = int(random.lognormvariate(8, 0.8) * (2.5 if fraud else 1)) + 50
        payment = made_payment(random, seq, begins + step * seq, terminal, amount)
        label = Label(
            event_id=payment.event_id,
            customer_id=payment.customer_id,
            terminal_id=payment.terminal_id,
            occurred_at=payment.occurred_at,
            known_at=payment.occurred_at + LABEL_DELAY,
            verdict="fraud" if fraud else "genuine",
            said_by="chargeback" if fraud else "matured",
        )
        yield payment, label


def made_payment(random: Random, seq: int, occurred_at: datetime, terminal: int, amount: int) -> Transaction:
    """Make one payment as a till sends it, with its receipt and the card network's checks."""
    store = terminal % STORES
    customer = random.randrange(CUSTOMERS)
    return Transaction(
        event_id=uuid7(occurred_at, random),
        source=f"till-{store}-{terminal}",
        run="run-1",
        seq=seq,
        occurred_at=occurred_at,
        payment_id=f"payment-{seq}",
        order_id=f"order-{seq}",
        status="authorised" if random.random() < 0.95 else "declined",
        amount_minor=amount,
        currency="EUR",
        channel="pos",
        customer_id=f"customer-{customer}",
        card_id=f"token-{customer:06d}-a",
        terminal_id=f"terminal-{terminal}",
        store_id=f"store-{store}",
        merchant_id="merchant-1",
        checks=Checks(address="match", security_code="match", three_d_secure="authenticated"),
        bin_country="DE",
        entry_mode="contactless",
        network="203.0.113.0/24",
        cashier_id=f"cashier-{store}-{random.randrange(9)}",
        lines=(
            Line(sku=f"sku-{random.randrange(5_000)}", quantity=1, unit_price_minor=amount - 50),
            Line(sku=f"sku-{random.randrange(5_000)}", quantity=1, unit_price_minor=50),
        ),
    )


def trained_model(history: list[tuple[Transaction, Label]]) -> Model:
    """Train on what was known when the first payment that is measured was made.

    Raises
    ------
    Stop
        If the history is too short for a model.

    """
    known = LabelBook()
    known.learn([label for _, label in history])
    trainer = OnlineTrainer(alerts_per_day=100)
    payments = [payment for payment, _ in history]
    features = FraudDetector(known).observe(payments)
    trainer.scored(
        [score_record(paid, tuple(row)) for paid, row in zip(payments, features.tolist(), strict=True)]
    )
    trainer.labelled([label for _, label in history if label.known_at <= START])
    model = trainer.next_model()
    if model is None:
        raise Stop("the workload's history is too short to train on")
    return model


def score_record(paid: Transaction, features: tuple[float, ...]) -> Score:
    """Build the record of a cold start, as far as the trainer reads it."""
    return Score(
        origin=Origin(generation="workload:0", topic=TRANSACTIONS.name, partition=0, offset=paid.seq),
        disposition="scored",
        scored_at=paid.occurred_at,
        payment=ScoredPayment(
            event_id=paid.event_id,
            source=paid.source,
            payment_id=paid.payment_id,
            occurred_at=paid.occurred_at,
            status=paid.status,
            amount_minor=paid.amount_minor,
            currency=paid.currency,
            reporting_minor=paid.amount_minor,
            channel=paid.channel,
            payment_method=paid.payment_method,
            customer_id=paid.customer_id,
            card_id=paid.card_id,
            terminal_id=paid.terminal_id,
            store_id=paid.store_id,
        ),
        feature_set=FEATURE_SET,
        features=features,
    )


def partition_of(topic: Topic, key: str) -> int:
    """Choose a partition by the key; any stable choice will do, as long as a key stays in one."""
    return crc32(key.encode()) % topic.partitions


def expected_scores(workload: Workload) -> dict[str, Expected]:
    """Say what must come out for each payment (by event id): the same detectors, fed by one loop."""
    known, champions = LabelBook(), Champions()
    known.learn(workload.labels)
    champions.add(workload.model)
    known.take_table(workload.model)
    expected: dict[str, Expected] = {}
    for partition in range(TRANSACTIONS.partitions):
        paid = [one for one in workload.payments if partition_of(TRANSACTIONS, one.key) == partition]
        features = FraudDetector(known, partition).observe(paid)
        verdicts = champions.score([one.occurred_at for one in paid], features)
        for one, row, verdict in zip(paid, features.tolist(), verdicts, strict=True):
            expected[str(one.event_id)] = Expected(verdict.score, verdict.model_version, tuple(row))
    return expected
