"""Delivery to a real Kafka, and what is said when there is none."""

import signal
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from producers.client import EventProducer
from producers.errors import NotDelivered
from producers.ledger import Ledger, read_ledgers
from schemas.topics import BROKER_MAX_BYTES, TRANSACTIONS, Topic
from schemas.transaction import Transaction
from tests.support.card_fraud import write_card_fraud
from tests.support.command import running
from tests.support.events import payment, payments
from tests.support.topic_log import read_topic

MISSING = Topic("missing", Transaction, "none", 1, 1, "delete", "nobody", "nobody")


@pytest.mark.services
def test_what_is_sent_is_stored_and_in_the_ledger(kafka_topics: str, tmp_path: Path) -> None:
    events = payments(3_000)
    ledger = Ledger(tmp_path / "x.ledger")
    with closing(EventProducer(kafka_topics, source="test", ledger=ledger)) as producer:
        for event in events:
            producer.send(TRANSACTIONS, event)
        producer.flush()
        assert producer.unacknowledged == 0
        totals = read_ledgers(tmp_path)["transactions"]  # a flush reaches the file
    assert (totals.count, totals.distinct) == (3_000, 3_000)
    assert totals.amount == sum(event.amount_minor for event in events)
    stored = sorted(read_topic(kafka_topics, TRANSACTIONS, Transaction), key=lambda event: event.seq)
    assert stored == events
    ledger.close()


@pytest.mark.services
def test_keys_go_to_the_partitions_that_every_client_uses(kafka_topics: str) -> None:
    events = payments(200)
    with closing(EventProducer(kafka_topics, source="test")) as producer:
        for event in events:
            producer.send(TRANSACTIONS, event)
        producer.flush()
    with closing(KafkaProducer(bootstrap_servers=kafka_topics)) as other:
        wanted = {event.key: other.send(TRANSACTIONS.name, key=event.key.encode()) for event in events}
        places = {key: future.get(timeout=60).partition for key, future in wanted.items()}
    partitions = [TopicPartition(TRANSACTIONS.name, number) for number in range(TRANSACTIONS.partitions)]
    with closing(KafkaConsumer(bootstrap_servers=kafka_topics, auto_offset_reset="earliest")) as consumer:
        consumer.assign(partitions)
        left = sum(consumer.end_offsets(partitions).values())
        while left:
            for records in consumer.poll(timeout_ms=1_000).values():
                left -= len(records)
                for record in records:
                    assert record.partition == places[record.key.decode()]


@pytest.mark.services
def test_a_topic_that_is_missing_is_an_error(kafka_topics: str) -> None:
    with closing(EventProducer(kafka_topics, source="test", deliver_within_seconds=1.0)) as producer:
        with pytest.raises(NotDelivered, match="topic missing"):
            producer.prepare(MISSING)
        with pytest.raises(NotDelivered, match="topic missing"):
            producer.send(MISSING, payment())


@pytest.mark.services
def test_a_record_that_kafka_refuses_is_raised_and_never_in_the_ledger(
    kafka_topics: str, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "x.ledger")
    with closing(EventProducer(kafka_topics, source="test", ledger=ledger)) as producer:
        producer.send(TRANSACTIONS, payment(1))
        producer.flush()
        too_large = b'"' + b"x" * (BROKER_MAX_BYTES - 1_000) + b'"'
        with pytest.raises(NotDelivered, match="event 7 for topic transactions"):
            send_until_refused(producer, too_large + b" " * 2_000)
    assert read_ledgers(tmp_path)["transactions"].distinct == 1
    ledger.close()


def send_until_refused(producer: EventProducer, value: bytes) -> None:
    """Whether it is this client or the broker that finds it too large, the caller hears of it."""
    producer.send_encoded(TRANSACTIONS, b"k", value, b"transactions 7 1\n")
    producer.flush()


@pytest.mark.parametrize(
    "arguments", [["simulate", "--state-dir", "s"], ["replay", "card-fraud", "f.parquet"], ["collector"]]
)
def test_without_kafka_a_command_says_what_it_waits_for(tmp_path: Path, arguments: list[str]) -> None:
    """And a signal ends it there."""
    write_card_fraud(tmp_path / "f.parquet", payments=10)
    inside = [str(tmp_path / a) if a in ("s", "f.parquet") else a for a in arguments]
    keys = {"TILLWATCH_COLLECTOR_API_KEYS": "pos-1=0123456789abcdef"}
    # a port that is never open
    with running(["tillwatch", *inside, *LAST[arguments[0]]], "127.0.0.1:9", tmp_path, **keys) as command:
        command.wait_until_said("waiting for Kafka at 127.0.0.1:9")
        assert command.stop() in (-signal.SIGTERM, 143)


LAST = {"simulate": ["--seed=1"], "replay": ["--limit=5"], "collector": []}
"""`running` names its log after the last argument, which must not be a path."""
