"""The worker's state survives in snapshots, wherever it is killed, and equals the uninterrupted run's."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from detectors.fraud.detector import FraudDetector
from detectors.fraud.terminals import TerminalRisk
from schemas.label import Label
from schemas.score import Score
from schemas.snapshot import SnapshotManifest
from schemas.topics import LABELS, SCORES, SNAPSHOTS, TRANSACTIONS
from schemas.transaction import Transaction
from streams.dense_reader import DenseReader
from tests.support.command import Command, running
from tests.support.events import label, payment
from tests.support.topic_log import read_raw, read_topic, send, wait_until_committed

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")
# So often that several are written while the rest of the test runs.
OFTEN = {"TILLWATCH_SNAPSHOT_SECONDS": "0.2"}
PART = 12_000
RESTORED = r"state restored from a snapshot.*\"unit\":\"{unit}"


def paid(first: int, count: int) -> tuple[list[Transaction], list[Label]]:
    """Payments of 300 customers at 50 terminals, one every ten minutes, and what became known of them."""
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


def feed(kafka: str, first: int) -> None:
    """Labels first: what is known of a payment must not depend on how fast a worker is."""
    payments, labels = paid(first, PART)
    send(kafka, LABELS, labels)
    send(kafka, TRANSACTIONS, payments)


def assert_as_uninterrupted(kafka: str) -> None:
    """Every score equals that of one detector per partition which saw each payment once, in order."""
    terminals = TerminalRisk()
    terminals.learn(read_topic(kafka, LABELS, Label))
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
        for offset, row in enumerate(FraudDetector(terminals).observe(own).tolist()):
            assert found[partition, offset] == tuple(row), (partition, offset)


def die_at(spec: str, kafka: str, folder: Path) -> Command:
    with running(WORKER, kafka, folder, TILLWATCH_FAILPOINT=spec, **OFTEN) as worker:
        assert worker.wait(60) == -9
        return worker


@pytest.mark.timeout(240)
def test_features_equal_the_uninterrupted_run_s_wherever_it_is_killed(
    kafka_topics: str, tmp_path: Path
) -> None:
    feed(kafka_topics, 0)
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as worker:
        worker.wait_until_said("snapshot written.*transactions", times=8, seconds=60)
        worker.wait_until_said('snapshot written.*"unit":"labels"', seconds=60)
        worker.kill()
    feed(kafka_topics, PART)
    for spec in ("snapshot-chunk-written:2", "restore-chunk-read:3", "outputs-acknowledged:2"):
        die_at(spec, kafka_topics, tmp_path)
    feed(kafka_topics, 2 * PART)
    die_at("snapshot-before-manifest:2", kafka_topics, tmp_path)
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        for unit in ("transactions/0", "labels"):
            worker.wait_until_said(RESTORED.format(unit=unit))
        assert worker.stop() == 0
    assert_as_uninterrupted(kafka_topics)


@pytest.mark.timeout(120)
def test_snapshots_name_what_they_are_of(kafka_topics: str, tmp_path: Path) -> None:
    feed(kafka_topics, 0)
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as worker:
        worker.wait_until_said("snapshot written.*scores", times=3, seconds=60)
        assert worker.stop() == 0
    agents = {one.agent for one in read_topic(kafka_topics, SNAPSHOTS, SnapshotManifest)}
    assert agents == {"fraud", "series"}
