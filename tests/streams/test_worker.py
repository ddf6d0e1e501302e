"""The worker as an operator runs it, on a real Kafka: payments in, scores out, whatever happens."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from schemas.arrival_partial import ArrivalPartial
from schemas.metric_partial import MetricPartial
from schemas.score import Score
from schemas.stock_level import StockLevel
from schemas.topics import (
    ARRIVALS,
    CLICKS,
    METRICS,
    SCORES,
    STOCK_LEVELS,
    STOCK_MOVEMENTS,
    TRANSACTIONS,
    WORKER_STATUS,
)
from schemas.transaction import Transaction
from schemas.worker_status import WorkerStatus
from streams.dense_reader import DenseReader
from tests.support.command import Command, running
from tests.support.events import click, movement, payment, payments
from tests.support.topic_log import read_raw, read_topic, send, wait_until_committed

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")


def drain(kafka: str) -> None:
    """Wait until every payment is scored."""
    wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)


def scores_once(kafka: str) -> tuple[list[Score], DenseReader]:
    """Read the scores as any reader must: through the mark."""
    reader = DenseReader()
    scores = [score for score in read_topic(kafka, SCORES, Score) if reader.accept(score.origin)]
    return scores, reader


def by_origin(scores: Sequence[Score]) -> dict[tuple[int, int], Score]:
    return {(score.origin.partition, score.origin.offset): score for score in scores}


def assert_as_if_nothing_had_happened(kafka: str, scores: Sequence[Score]) -> None:
    """Compare with one detector per partition that saw each payment once, in order."""
    expected = defaultdict(list)
    for raw in read_raw(kafka, TRANSACTIONS):
        expected[raw.partition].append(Transaction.model_validate_json(raw.value))
    found = by_origin(scores)
    assert len(found) == len(scores) == sum(map(len, expected.values()))
    for partition, paid in expected.items():
        features = FraudDetector(LabelBook()).observe(paid)
        for offset, (transaction, row) in enumerate(zip(paid, features, strict=True)):
            score = found[partition, offset]
            assert score.payment is not None
            assert score.payment.event_id == transaction.event_id
            assert score.features == tuple(row)


def test_each_payment_is_scored_once_in_its_partition(kafka_topics: str, tmp_path: Path) -> None:
    send(kafka_topics, TRANSACTIONS, payments(2_000))
    with running(WORKER, kafka_topics, tmp_path) as worker:
        drain(kafka_topics)
        assert worker.stop() == 0
    raw = list(read_raw(kafka_topics, SCORES))
    assert all(Score.model_validate_json(score.value).origin.partition == score.partition for score in raw)
    scores, reader = scores_once(kafka_topics)
    assert (len(raw), reader.repeats, reader.gaps) == (2_000, 0, 0)
    assert_as_if_nothing_had_happened(kafka_topics, scores)


def test_a_restarted_worker_rebuilds_its_state_without_emitting(kafka_topics: str, tmp_path: Path) -> None:
    for part in (payments(1_500), [payment(seq) for seq in range(1_500, 2_000)]):
        send(kafka_topics, TRANSACTIONS, part)
        with running(WORKER, kafka_topics, tmp_path) as worker:
            drain(kafka_topics)
            assert worker.stop() == 0
    scores, reader = scores_once(kafka_topics)
    assert reader.repeats == 0
    assert_as_if_nothing_had_happened(kafka_topics, scores)


def test_a_kill_between_acknowledgement_and_commit_doubles_nothing(kafka_topics: str, tmp_path: Path) -> None:
    send(kafka_topics, TRANSACTIONS, payments(12_000))
    with running(WORKER, kafka_topics, tmp_path, TILLWATCH_FAILPOINT="outputs-acknowledged:1") as worker:
        assert worker.wait() == -9
        assert "failpoint outputs-acknowledged fired at its 1. reach" in worker.said
    with running(WORKER, kafka_topics, tmp_path) as worker:
        drain(kafka_topics)
        assert worker.stop() == 0
    scores, reader = scores_once(kafka_topics)
    assert reader.repeats > 0
    assert reader.gaps == 0
    assert_as_if_nothing_had_happened(kafka_topics, scores)


def test_a_second_worker_takes_over_from_a_killed_one(kafka_topics: str, tmp_path: Path) -> None:
    with (
        running(WORKER, kafka_topics, tmp_path) as first,
        running(WORKER, kafka_topics, tmp_path) as second,
    ):
        owns_half(first)
        owns_half(second)
        send(kafka_topics, TRANSACTIONS, payments(3_000))
        first.kill()
        send(kafka_topics, TRANSACTIONS, [payment(seq) for seq in range(3_000, 4_000)])
        drain(kafka_topics)
        assert second.stop() == 0
    scores, reader = scores_once(kafka_topics)
    assert reader.gaps == 0
    assert_as_if_nothing_had_happened(kafka_topics, scores)


def owns_half(worker: Command) -> None:
    """Wait until a worker says that it scores 4 of the 8 partitions."""
    worker.wait_until_said(r'"agent":"fraud","partitions":\[(?:"transactions\[\d\]",?){4}\]')


def test_what_a_source_sends_again_is_a_repeat(kafka_topics: str, tmp_path: Path) -> None:
    first = payments(200)
    send(kafka_topics, TRANSACTIONS, [*first, *first[50:150]])
    with running(WORKER, kafka_topics, tmp_path) as worker:
        drain(kafka_topics)
        send(kafka_topics, TRANSACTIONS, first[:20])  # and after the state was used
        drain(kafka_topics)
        worker.stop()
    scores, _ = scores_once(kafka_topics)
    assert Counter(score.disposition for score in scores) == {"scored": 200, "repeat": 120}
    counted = {score.payment.event_id for score in scores if score.payment is not None}
    assert len(counted) == 200


def test_captures_and_refunds_are_followed_and_converted(kafka_topics: str, tmp_path: Path) -> None:
    paid = payment(0, amount_minor=1_000, currency="USD")
    later = [
        payment(seq, payment_id=paid.payment_id, status=status, amount_minor=1_000, currency=currency)
        for seq, status, currency in ((1, "captured", "USD"), (2, "refunded", "USD"), (3, "voided", "CHF"))
    ]
    send(kafka_topics, TRANSACTIONS, [paid, *later], partition=2)
    with running(WORKER, kafka_topics, tmp_path, TILLWATCH_EXCHANGE_RATES='{"USD": 0.92}') as worker:
        drain(kafka_topics)
        worker.stop()
    scores, _ = scores_once(kafka_topics)
    assert [score.disposition for score in scores] == ["scored", "followed", "followed", "followed"]
    assert [score.payment.reporting_minor for score in scores if score.payment] == [920, 920, 920, None]
    assert scores[1].score is None


def test_figures_levels_and_status_come_out(kafka_topics: str, tmp_path: Path) -> None:
    paid = payments(300)
    send(kafka_topics, TRANSACTIONS, paid)
    send(kafka_topics, CLICKS, [click(seq) for seq in range(200)])
    send(kafka_topics, STOCK_MOVEMENTS, [movement(seq) for seq in range(150)])
    with running(WORKER, kafka_topics, tmp_path) as worker:
        drain(kafka_topics)
        for topic in (SCORES, CLICKS, STOCK_MOVEMENTS):
            wait_until_committed(kafka_topics, "tillwatch-series", topic)
        wait_until_committed(kafka_topics, "tillwatch-stock", STOCK_MOVEMENTS)
        worker.stop()
    last = {partial.key: partial for partial in read_topic(kafka_topics, METRICS, MetricPartial)}
    totals: Counter[str] = Counter()
    for partial in last.values():
        totals[partial.series] += partial.total
    assert totals["revenue"] == sum(transaction.amount_minor for transaction in paid)
    assert totals["views"] == 200
    assert totals["units_sold"] == 150
    counts = {partial.key: partial for partial in read_topic(kafka_topics, ARRIVALS, ArrivalPartial)}
    arrived: Counter[str] = Counter()
    for count in counts.values():
        arrived[count.topic] += count.arrived
    assert arrived == {"transactions": 300, "clicks": 200, "stock-movements": 150}
    assert max(count.highest_seq for count in counts.values() if count.topic == "transactions") == 299
    levels = {level.key: level.level for level in read_topic(kafka_topics, STOCK_LEVELS, StockLevel)}
    assert sum(levels.values()) == -150
    statuses = {status.agent: status for status in read_topic(kafka_topics, WORKER_STATUS, WorkerStatus)}
    assert statuses.keys() == {"fraud", "series", "stock"}
    assert statuses["fraud"].state == "running"
