"""What cannot be used is put aside with its reason, and the worker goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.dead_letter import DeadLetter
from schemas.score import Score
from schemas.topics import (
    CLICKS,
    DEAD_LETTERS,
    MODELS,
    SCORES,
    STOCK_MOVEMENTS,
    TRANSACTIONS,
    WORKER_STATUS,
    Topic,
)
from schemas.worker_status import WorkerStatus
from tests.support.command import running
from tests.support.events import click, movement, payment
from tests.support.topic_log import read_topic, send_raw, wait_until_committed

pytestmark = pytest.mark.services

CARD = "4111111111111111"


def changed(event: Any, **fields: object) -> bytes:
    return orjson.dumps({**event.model_dump(mode="json"), **fields})


def paid(**fields: object) -> bytes:
    return changed(payment(), **fields)


BAD: dict[str, tuple[str, Callable[[], bytes | None]]] = {
    "cut in the middle": ("not_json", lambda: paid()[:100]),
    "empty": ("not_json", lambda: b""),
    "no value": ("not_json", lambda: None),
    "binary": ("not_json", lambda: bytes(range(256))),
    "NaN": ("not_json", lambda: paid(extra=1).replace(b'"extra":1', b'"amount_minor":NaN')),
    "infinite": ("not_json", lambda: paid(extra=1).replace(b'"extra":1', b'"amount_minor":Infinity')),
    "beyond every number": ("not_json", lambda: paid(extra=1).replace(b'"extra":1', b'"amount_minor":1e999')),
    "a negative amount": ("schema", lambda: paid(amount_minor=-1)),
    "an absurd amount": ("schema", lambda: paid(amount_minor=10**12 + 1)),
    "a field of another type": ("schema", lambda: paid(amount_minor="12")),
    "a field is missing": ("schema", lambda: paid(payment_id=None)),
    "1970": ("schema", lambda: paid(occurred_at="1970-01-01T00:00:00Z")),
    "2200": ("schema", lambda: paid(occurred_at="2200-01-01T00:00:00Z")),
    "a later version": ("unknown_version", lambda: paid(schema_version=2)),
    "a card number": ("card_number", lambda: paid(cashier_id=CARD)),
    "too large": ("too_large", lambda: paid(note="x" * 1_100_000)),
}


def test_each_bad_payment_is_a_dead_letter_and_a_refused_score(kafka_topics: str, tmp_path: Path) -> None:
    """Good payments before, between and after are scored as if nothing had happened."""
    records: list[bytes | None] = []
    for number, (_, make) in enumerate(BAD.values()):
        records += [changed(payment(number)), make()]
    records.append(changed(payment(len(BAD))))
    send_raw(kafka_topics, TRANSACTIONS, [(b"key", record) for record in records], partition=5)
    with running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
        assert CARD not in worker.said
    letters = read_topic(kafka_topics, DEAD_LETTERS, DeadLetter)
    assert [letter.origin.offset for letter in letters] == list(range(1, 2 * len(BAD), 2))
    assert [letter.kind for letter in letters] == [kind for kind, _ in BAD.values()]
    assert all(letter.reason and CARD not in letter.payload for letter in letters)
    assert all(len(letter.payload.encode()) <= 65_536 for letter in letters)
    scores = read_topic(kafka_topics, SCORES, Score)
    assert [score.origin.offset for score in scores] == list(range(2 * len(BAD) + 1))
    assert [score.disposition for score in scores] == ["scored", "refused"] * len(BAD) + ["scored"]
    status = [s for s in read_topic(kafka_topics, WORKER_STATUS, WorkerStatus) if s.agent == "fraud"][-1]
    assert status.refused == len(BAD)


def test_each_input_has_one_agent_that_writes_its_dead_letters(kafka_topics: str, tmp_path: Path) -> None:
    """Movements are read by two agents; models by every worker, whose record has one key."""
    bad: dict[Topic, bytes] = {
        TRANSACTIONS: paid(status="lost"),
        CLICKS: changed(click(), action="hover"),
        STOCK_MOVEMENTS: changed(movement(), quantity=-1),
        MODELS: b'{"version": "damaged"}',
    }
    for topic, record in bad.items():
        send_raw(kafka_topics, topic, [(b"key", record)], partition=0)
    with running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker:
        for agent, topic in (
            ("fraud", TRANSACTIONS),
            ("series", CLICKS),
            ("series", STOCK_MOVEMENTS),
            ("stock", STOCK_MOVEMENTS),
        ):
            wait_until_committed(kafka_topics, f"tillwatch-{agent}", topic)
        assert worker.stop() == 0
    letters = read_topic(kafka_topics, DEAD_LETTERS, DeadLetter)
    assert sorted(letter.origin.topic for letter in letters) == sorted(topic.name for topic in bad)
