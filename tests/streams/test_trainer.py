"""The trainer learns from scores and labels, and its models score the payments after them."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest

from schemas.label import Label
from schemas.model import Model
from schemas.score import Score
from schemas.topics import LABELS, MODELS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from tests.support.command import running
from tests.support.events import MONDAY, label, payment
from tests.support.topic_log import end_offset, read_topic, send, wait_until_committed

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")
TRAINER = ("tillwatch", "trainer")
WEEK = timedelta(days=7)


def labelled(paid: Sequence[Transaction]) -> list[Label]:
    """Label each payment a week later; a large amount is fraud."""
    return [
        label(
            before,
            before.occurred_at + WEEK,
            verdict="fraud" if before.amount_minor > 18_000 else "genuine",
        )
        for before in paid
    ]


def test_labels_become_models_that_score_later_payments_and_no_older_one_after_a_restart(
    kafka_topics: str, tmp_path: Path
) -> None:
    """16 days of payments, and the labels of the first 9: some before the trainer starts, some between."""
    paid = [payment(seq, occurred_at=MONDAY + timedelta(minutes=30 * seq)) for seq in range(780)]
    labels = labelled(paid[:430])
    end = paid[-1].occurred_at
    later = [payment(seq, occurred_at=end + timedelta(minutes=seq)) for seq in range(780, 830)]
    send(kafka_topics, TRANSACTIONS, paid)
    counts = []
    with running(WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        for part in (labels[:330], labels[330:]):
            send(kafka_topics, LABELS, part)
            with running(TRAINER, kafka_topics, tmp_path) as trainer:
                for topic in (SCORES, LABELS):
                    wait_until_committed(kafka_topics, "tillwatch-trainer", topic)
                assert trainer.stop(seconds=8) == 0, trainer.said[-4_000:]
            counts.append(end_offset(kafka_topics, MODELS))
        send(kafka_topics, TRANSACTIONS, later)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop(seconds=8) == 0
    models = read_topic(kafka_topics, MODELS, Model)
    assert 50 < counts[0] < counts[1] == len(models)
    for line in ("blend", "online"):
        times = [model.valid_from for model in models if model.line == line]
        assert times == sorted(set(times))
    newest = [model for model in models if model.line == "blend"][-1]
    assert newest.labels > 425  # a model an hour, and the last hour is not over
    found = read_topic(kafka_topics, SCORES, Score)
    scores = {score.payment.event_id: score for score in found if score.payment}
    assert {scores[before.event_id].model_version for before in paid} == {"cold-start"}
    assert {scores[after.event_id].model_version for after in later} == {newest.version}
    frauds = [scores[after.event_id].score or 0 for after in later if after.amount_minor > 18_000]
    others = [scores[after.event_id].score or 0 for after in later if after.amount_minor < 10_000]
    assert median(frauds) > median(others)
