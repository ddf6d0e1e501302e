"""Payments with labels, and what an uninterrupted worker would have scored them with."""

from datetime import timedelta
from random import Random

from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from schemas.label import Label
from schemas.score import Score
from schemas.topics import LABELS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.dense_reader import DenseReader
from tests.support.events import label, payment
from tests.support.topic_log import read_raw, read_topic, send

__all__ = ["assert_as_uninterrupted", "feed"]


def paid(first: int, count: int) -> tuple[list[Transaction], list[Label]]:
    """Payments of 300 customers at 50 terminals, and what became known of every fourth an hour later."""
    random = Random(first)
    made = [
        payment(
            seq, customer_id=f"c-{random.randrange(300)}", terminal_id=f"t-{random.randrange(50)}",
            amount_minor=random.randrange(100, 50_000),
        )
        for seq in range(first, first + count)
    ]  # fmt: skip
    known = [
        label(one, one.occurred_at + timedelta(hours=1), verdict=random.choice(["fraud", "genuine"]))
        for one in made[::4]
    ]
    return made, known


def feed(kafka: str, first: int, count: int) -> None:
    """Send payments, their labels before them: what is known must not depend on how fast a worker is."""
    payments, labels = paid(first, count)
    send(kafka, LABELS, labels)
    send(kafka, TRANSACTIONS, payments)


def assert_as_uninterrupted(kafka: str) -> int:
    """Check that the scores a reader keeps equal those of one detector per partition that was never stopped.

    Returns
    -------
    int
        Records that were written again.

    """
    known = LabelBook()
    known.learn(read_topic(kafka, LABELS, Label))
    events: dict[int, list[Transaction]] = {}
    for raw in read_raw(kafka, TRANSACTIONS):
        events.setdefault(raw.partition, []).append(Transaction.model_validate_json(raw.value))
    reader = DenseReader()
    found = {
        (score.origin.partition, score.origin.offset): score.features
        for score in read_topic(kafka, SCORES, Score)
        if reader.accept(score.origin)
    }
    assert reader.gaps == 0
    assert len(found) == sum(map(len, events.values()))
    for partition, own in events.items():
        for offset, row in enumerate(FraudDetector(known).observe(own).tolist()):
            assert found[partition, offset] == tuple(row), (partition, offset)
    return reader.repeats
