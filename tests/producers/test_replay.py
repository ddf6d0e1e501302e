"""The card-fraud data set in the topics."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from kafka import KafkaConsumer, TopicPartition

from producers.card_fraud_file import load_payments
from producers.client import EventProducer
from producers.ledger import Ledger, read_ledgers
from producers.replay import Replay, ReplayState, event_ids, run_of, slice_ms, slices
from schemas.decode import decode_record
from schemas.label import Label
from schemas.topics import LABELS, STORES, TRANSACTIONS, Topic
from schemas.transaction import Transaction
from tests.support.card_fraud import card_fraud_frame, write_card_fraud
from tests.support.command import running

WEEK = timedelta(days=7)


class Stored(NamedTuple):
    """A record and when Kafka appended it, in milliseconds."""

    appended: int
    event: Any


def stored(servers: str, topic: Topic) -> list[Stored]:
    """Read a whole topic, in order of appending, through the contract's door."""
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    found: list[Stored] = []
    with closing(KafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")) as consumer:
        consumer.assign(partitions)
        left = sum(consumer.end_offsets(partitions).values())
        while len(found) < left:
            for records in consumer.poll(timeout_ms=1_000).values():
                found += [Stored(r.timestamp, decode_record(topic.model, r.value)) for r in records]
    return sorted(found, key=lambda record: record.appended)


def replayed(
    servers: str,
    file: Path,
    *,
    limit: int | None = None,
    speed: float | None = None,
    stopping: Callable[[], bool] = lambda: False,
    ledger: Ledger | None = None,
) -> ReplayState:
    producer = EventProducer(servers, source="test", ledger=ledger, linger_ms=1)
    with closing(producer):
        payments = load_payments(file, limit)
        return Replay(producer, payments, run=run_of(file), speed=speed, report=lambda _: None).run(stopping)


@pytest.mark.services
def test_every_payment_and_label_arrives_as_the_file_has_it(kafka_topics: str, tmp_path: Path) -> None:
    file = write_card_fraud(tmp_path / "f.parquet", payments=1_000)
    ledger = Ledger(tmp_path / "ledgers" / "replay.ledger")
    state = replayed(kafka_topics, file, ledger=ledger)
    ledger.close()
    assert (state.payments, state.labels) == (1_000, 1_000)
    payments: list[Transaction] = [record.event for record in stored(kafka_topics, TRANSACTIONS)]
    labels: dict[Any, Label] = {
        record.event.event_id: record.event for record in stored(kafka_topics, LABELS)
    }
    rows = card_fraud_frame(1_000).to_dicts()
    assert {payment.seq for payment in payments} == set(range(1_000))
    for payment in payments:
        row = rows[payment.seq]
        label = labels.pop(payment.event_id)
        assert payment.event_id.version == 7
        assert payment.occurred_at == label.occurred_at == row["event_time"]
        assert payment.amount_minor == round(row["amount"] * 100)
        assert payment.customer_id == label.customer_id == f"cardholder-{row['customer_id']}"
        assert payment.terminal_id == label.terminal_id == f"terminal-{row['terminal_id']}"
        assert label.known_at == payment.occurred_at + WEEK
        assert (label.verdict, label.said_by) == (
            ("fraud", "chargeback") if row["is_fraud"] else ("genuine", "matured")
        )
    assert {payment.store_id for payment in payments} == {
        record.event.store_id for record in stored(kafka_topics, STORES)
    }
    totals = read_ledgers(tmp_path / "ledgers")
    assert totals["transactions"].count == totals["transactions"].distinct == 1_000
    assert totals["transactions"].amount == sum(payment.amount_minor for payment in payments)
    assert totals["labels"].distinct == 1_000


@pytest.mark.services
def test_no_payment_is_appended_before_a_label_it_should_know(kafka_topics: str, tmp_path: Path) -> None:
    """And no label before the payments have come within a slice of its time."""
    file = write_card_fraud(tmp_path / "f.parquet", payments=6_000)
    replayed(kafka_topics, file)
    payments, labels = stored(kafka_topics, TRANSACTIONS), stored(kafka_topics, LABELS)
    known = np.array([record.event.known_at.timestamp() for record in labels])
    label_appended = np.array([record.appended for record in labels])
    occurred = np.array([record.event.occurred_at.timestamp() for record in payments])
    payment_appended = np.array([record.appended for record in payments])
    by_known = np.argsort(known, kind="stable")
    latest_label = np.maximum.accumulate(label_appended[by_known])
    count_known = np.searchsorted(known[by_known], occurred, side="right")
    with_labels = count_known > 0
    assert with_labels.sum() > 2_000
    assert (latest_label[count_known[with_labels] - 1] <= payment_appended[with_labels]).all()
    # the other direction, for labels that came while payments still did
    slice_begin = known - known % (slice_ms(None) / 1000)
    by_occurred = np.argsort(occurred, kind="stable")
    latest_payment = np.maximum.accumulate(payment_appended[by_occurred])
    count_before = np.searchsorted(occurred[by_occurred], slice_begin, side="left")
    early = (known < occurred.max()) & (count_before > 0)
    assert early.sum() > 2_000
    assert (latest_payment[count_before[early] - 1] <= label_appended[early]).all()


@pytest.mark.services
def test_a_stopped_replay_is_the_beginning_of_the_whole(kafka_topics: str, tmp_path: Path) -> None:
    """Sent again, its events have the same ids and numbers, so readers recognise them."""
    file = write_card_fraud(tmp_path / "f.parquet", payments=1_000)
    asked = 0

    def after_some() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    first = replayed(kafka_topics, file, stopping=after_some)
    assert 0 < first.payments < 1_000
    assert len(stored(kafka_topics, TRANSACTIONS)) == first.payments
    replayed(kafka_topics, file)
    seen = [record.event for record in stored(kafka_topics, TRANSACTIONS)]
    assert len(seen) == 1_000 + first.payments
    assert len({(event.event_id, event.source, event.run, event.seq) for event in seen}) == 1_000


@pytest.mark.services
def test_pace_follows_event_time(kafka_topics: str, tmp_path: Path) -> None:
    file = write_card_fraud(tmp_path / "f.parquet", payments=300, days=1)
    began = time.monotonic()
    replayed(kafka_topics, file, speed=86_400 / 2)
    lasted = time.monotonic() - began
    payments = stored(kafka_topics, TRANSACTIONS)
    day = payments[-1].event.occurred_at - payments[0].event.occurred_at
    assert lasted > 0.9 * day.total_seconds() * 2 / 86_400  # the last slice goes as a whole
    half = payments[len(payments) // 4].event.occurred_at - payments[0].event.occurred_at
    assert half < timedelta(hours=18)


@pytest.mark.services
def test_the_command_reports_and_fills_the_ledger(kafka_topics: str, tmp_path: Path) -> None:
    file = write_card_fraud(tmp_path / "f.parquet", payments=500)
    arguments = [
        "tillwatch",
        "replay",
        "card-fraud",
        str(file),
        "--limit",
        "400",
        "--ledger-dir",
        str(tmp_path),
    ]
    log_name = [*arguments, "--speed", "max"]
    with running(log_name, kafka_topics, tmp_path) as command:
        assert command.wait(60) == 0
        assert "Kafka acknowledged 400 payments and 400 labels" in command.said
    assert read_ledgers(tmp_path)["transactions"].distinct == 400


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["missing.parquet"], "missing.parquet does not exist"),
        (["damaged.parquet"], "damaged.parquet is damaged or not parquet"),
        (["columns.parquet"], "columns.parquet lacks the column is_fraud"),
        (["good.parquet", "--speed", "fast"], "--speed fast: expected max, or a number such as 60x"),
        (["good.parquet", "--speed", "-1x"], "--speed -1x: expected max, or a number such as 60x"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(tmp_path: Path, arguments: list[str], reason: str) -> None:
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1 and nothing else")
    card_fraud_frame(10).drop("is_fraud").write_parquet(tmp_path / "columns.parquet")
    write_card_fraud(tmp_path / "good.parquet", payments=10)
    paths = [str(tmp_path / arguments[0]), *arguments[1:]]
    with running(
        ["tillwatch", "replay", "card-fraud", *paths, "--limit=5"], "127.0.0.1:1", tmp_path
    ) as command:
        assert command.wait(60) == 2
    assert len(command.said.splitlines()) == 1
    assert reason in command.said


def test_slices_cover_every_payment_once() -> None:
    times = np.array([1_000, 1_001, 5_500, 5_999, 6_000, 20_000])
    assert list(slices(times, 1_000)) == [(1_000, 2_000), (5_000, 6_000), (6_000, 7_000), (20_000, 21_000)]


def test_event_ids_are_stable_unique_and_carry_the_time(tmp_path: Path) -> None:
    payments = load_payments(write_card_fraud(tmp_path / "f.parquet", payments=2_000))
    ids = event_ids(payments)
    assert ids == event_ids(payments)
    assert len(set(ids)) == 2_000
    milliseconds = int(ids[0].replace("-", "")[:12], 16)
    assert datetime.fromtimestamp(milliseconds / 1000, UTC) == card_fraud_frame()["event_time"][0]
