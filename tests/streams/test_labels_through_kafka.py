"""A label changes the scores of payments made after it was known, and of no others, at any speed."""

from datetime import timedelta
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.future import Future

from detectors.fraud.features import FEATURE_NAMES
from schemas.label import Label
from schemas.score import Score
from schemas.topics import LABELS, SCORES, TRANSACTIONS, Topic
from schemas.transaction import Transaction
from tests.support.command import running
from tests.support.events import MONDAY, label, payment
from tests.support.topic_log import producing, read_topic, send, wait_until_committed

pytestmark = pytest.mark.services

LABELS_30D, FRAUDS_7D = map(FEATURE_NAMES.index, ("terminal_labels_30d", "terminal_frauds_7d"))

TERMINALS = 500
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


def at(seq: int, terminal: int, moment: timedelta) -> Transaction:
    return payment(
        seq,
        terminal_id=f"terminal-{terminal}",
        customer_id=f"customer-{seq}",
        occurred_at=MONDAY + moment,
    )


def put(producer: KafkaProducer, topic: Topic, event: Transaction | Label) -> Future:
    return producer.send(topic.name, key=event.key.encode(), value=event.model_dump_json().encode())


def risk_by_payment(kafka: str) -> dict[str, tuple[float, float]]:
    """Number of labels of 30 days, and of frauds of 7, that each payment's features hold."""
    found = {}
    for score in read_topic(kafka, SCORES, Score):
        assert score.payment is not None
        found[score.payment.payment_id] = (score.features[LABELS_30D], score.features[FRAUDS_7D])
    return found


def test_a_label_counts_from_when_it_was_known(kafka_topics: str, tmp_path: Path) -> None:
    """The worker starts when all is there: the label known later is in its hands and changes nothing."""
    first = at(0, 1, timedelta())
    before, after = at(1, 1, WEEK - HOUR), at(2, 1, WEEK + HOUR)
    send(kafka_topics, LABELS, [label(first, first.occurred_at + WEEK, verdict="fraud")])
    send(kafka_topics, TRANSACTIONS, [first, before, after])
    with running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        worker.stop()
    risk = risk_by_payment(kafka_topics)
    assert risk[first.payment_id] == risk[before.payment_id] == (0, 0)
    assert risk[after.payment_id] == (1, 1)


def test_a_label_acknowledged_before_a_payment_is_always_known_to_it(
    kafka_topics: str, tmp_path: Path
) -> None:
    """A running worker, and events as fast as they go: each label just before the payment it matters to."""
    pairs = [
        (at(2 * terminal, terminal, timedelta()), at(2 * terminal + 1, terminal, WEEK + HOUR))
        for terminal in range(TERMINALS)
    ]
    with (
        running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker,
        producing(kafka_topics) as producer,
    ):
        worker.wait_until_said('"agent":"fraud","partitions"')
        for first, after in pairs:
            known = label(first, first.occurred_at + WEEK, verdict="fraud")
            put(producer, LABELS, known).get(timeout=30)
            put(producer, TRANSACTIONS, after)
        producer.flush()
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        worker.stop()
    risk = risk_by_payment(kafka_topics)
    assert len(risk) == TERMINALS
    assert set(risk.values()) == {(1, 1)}
