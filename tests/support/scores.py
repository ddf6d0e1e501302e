"""Scores for tests, as the fraud agent would write them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from schemas.origin import Origin
from schemas.score import Score, ScoredPayment
from schemas.topics import TRANSACTIONS
from schemas.transaction import Transaction
from tests.support.events import payment
from tests.support.topic_log import read_raw

__all__ = ["expected_features", "score"]

# Wall clock: ClickHouse keeps figures by wall clock for some days only.
STARTED = datetime.now(UTC)


def score(
    partition: int, offset: int, *, paid: Transaction | None = None, generation: str = "topic-1:0"
) -> Score:
    """Make the score of an input offset; the same offset makes the same score."""
    paid = paid or payment(offset * 8 + partition)
    fields = {name: getattr(paid, name) for name in ScoredPayment.model_fields if name != "reporting_minor"}
    probability = Random(offset).random()
    return Score(
        origin=Origin(generation=generation, topic="transactions", partition=partition, offset=offset),
        disposition="scored",
        scored_at=STARTED + timedelta(milliseconds=offset),
        received_at=STARTED,
        payment=ScoredPayment(**fields, reporting_minor=paid.amount_minor),
        score=probability,
        threshold=0.9,
        decision="review" if probability >= 0.9 else "approve",
        feature_set="test-1",
        features=(1.5, 2.5),
        model_version="model-1",
    )


def expected_features(
    kafka: str, partition: int, *, leave_out: Callable[[Transaction], bool] = lambda _: False
) -> list[tuple[float, ...]]:
    """Compute a partition's features by one detector that sees each payment once, in order."""
    paid = [
        Transaction.model_validate_json(raw.value)
        for raw in read_raw(kafka, TRANSACTIONS)
        if raw.partition == partition
    ]
    features = FraudDetector(LabelBook()).observe([one for one in paid if not leave_out(one)])
    return [tuple(row) for row in features.tolist()]
