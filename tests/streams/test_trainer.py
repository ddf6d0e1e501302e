"""The trainer learns from scores and labels, and its models score the payments after them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.promotion_rule import RULE
from detectors.watermark import BLOCK
from schemas.label import Label
from schemas.model import CHAMPION_LINE, Model
from schemas.promotion import LabelExclusion, Promotion
from schemas.score import Score
from schemas.topics import LABELS, MODELS, PROMOTIONS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from tests.detectors.models import model
from tests.support.command import running
from tests.support.events import MONDAY, label, payment
from tests.support.topic_log import end_offset, read_raw, read_topic, send, send_raw, wait_until_committed

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")
TRAINER = ("tillwatch", "trainer")
WEEK = timedelta(days=7)
OFTEN = {"TILLWATCH_SNAPSHOT_SECONDS": "0.2"}


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
    """16 days of payments, and the labels of the first 9: some before the trainer starts, some between.

    What it learnt before it goes on from a snapshot, but not once a rewind excludes labels of it.
    """
    paid = [payment(seq, occurred_at=MONDAY + timedelta(minutes=30 * seq)) for seq in range(780)]
    labels = labelled(paid[:430])
    end = paid[-1].occurred_at
    later = [payment(seq, occurred_at=end + timedelta(minutes=seq)) for seq in range(780, 830)]
    send(kafka_topics, TRANSACTIONS, paid)
    counts: list[int] = []
    with running(WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        for part in (labels[:330], labels[330:]):
            send(kafka_topics, LABELS, part)
            with running(TRAINER, kafka_topics, tmp_path, **OFTEN) as trainer:
                for topic in (SCORES, LABELS):
                    wait_until_committed(kafka_topics, "tillwatch-trainer", topic)
                if not counts:
                    trainer.wait_until_said('"snapshot written","agent":"trainer","unit":"whole"')
                assert trainer.stop() == 0, trainer.said[-4_000:]
            assert ("state restored from a snapshot" in trainer.said) == bool(counts)
            counts.append(end_offset(kafka_topics, MODELS))
        send(kafka_topics, TRANSACTIONS, later)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
    send(kafka_topics, PROMOTIONS, [without_matured(end - timedelta(days=1))])
    with running(TRAINER, kafka_topics, tmp_path, **OFTEN) as trainer:
        trainer.wait_until_said("a rewind excludes labels that were learnt in it")
        wait_until_committed(kafka_topics, "tillwatch-trainer", LABELS)
        assert "state restored from a snapshot" not in trainer.said
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


def without_matured(moment: datetime) -> Promotion:
    """Rewind all labels that nobody but time has said."""
    return Promotion(
        action="rewind", valid_from=moment, by="hand", who="anna", reason="a test",
        exclusions=(LabelExclusion(said_by="matured"),), at=moment,
    )  # fmt: skip


def contrary(version: str, day: float) -> Model:
    """Make a champion to which dear payments are the least suspicious ones: they are the frauds."""
    weights = [0.0] * len(FEATURE_NAMES)
    weights[FEATURE_NAMES.index("amount")] = -0.02
    plain = {"means": (0.0,) * len(weights), "scales": (1.0,) * len(weights), "weights": tuple(weights)}
    return model(day, version=version, line=CHAMPION_LINE, **plain)


def test_a_challenger_that_is_better_on_matured_labels_is_promoted_and_scores_from_then_on(
    kafka_topics: str, tmp_path: Path
) -> None:
    """Six days of payments, whose labels come within an hour, and others when those have matured.

    What is out of the champion's line is bad and newer than anything it could make, so it stays bad.
    """
    quarter, hour, end = timedelta(minutes=15), timedelta(hours=1), MONDAY + 2 * WEEK
    paid = [payment(seq, occurred_at=MONDAY + quarter * seq) for seq in range(9 * BLOCK)]
    said = [
        label(one, one.occurred_at + hour, verdict="fraud" if one.amount_minor > 12_000 else "genuine")
        for one in paid
    ]
    passing = [payment(600 + seq, occurred_at=end + timedelta(seconds=seq)) for seq in range(2 * BLOCK)]
    later = [payment(800 + seq, occurred_at=end + quarter * (1 + seq)) for seq in range(20)]
    send(kafka_topics, MODELS, [contrary("bad", -1), contrary("bad-for-long", 30)])
    with (
        running(WORKER, kafka_topics, tmp_path) as worker,
        running(TRAINER, kafka_topics, tmp_path) as trainer,
    ):
        for payments, labels in ((paid, said), (passing, [])):
            send(kafka_topics, TRANSACTIONS, payments)
            wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
            send(kafka_topics, LABELS, labels)
            for topic in (SCORES, LABELS):
                wait_until_committed(kafka_topics, "tillwatch-trainer", topic)
        liar = contrary("liar", 14.001).model_copy(update={"line": "online", "bias": 9.0})
        send(kafka_topics, MODELS, [liar])
        send_raw(kafka_topics, MODELS, [(b"damaged", b'{"version": "dam')])
        send(kafka_topics, TRANSACTIONS, later)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert trainer.stop() == 0, trainer.said[-4_000:]
        assert worker.stop() == 0
    [promotion] = read_topic(kafka_topics, PROMOTIONS, Promotion)
    assert (promotion.line, promotion.by, promotion.who) == ("online", "rule", RULE)
    assert promotion.figures["difference_low"] > 0
    assert promotion.valid_from > MONDAY + 2 * WEEK - hour, "no day is judged before its labels are due"
    models = [
        Model.model_validate_json(one.value)
        for one in read_raw(kafka_topics, MODELS)
        if b"dam" not in one.value
    ]
    found = {one.payment.event_id: one for one in read_topic(kafka_topics, SCORES, Score) if one.payment}
    assert {found[before.event_id].model_version for before in (*paid, *passing)} == {"bad"}
    honest = {one.version for one in models if one.line == "online"} - {"liar"}
    assert {found[after.event_id].model_version for after in later} <= honest, "who lies is refused"
