"""A worker bears bad records, but not when most of them are bad."""

from pathlib import Path

import pytest

from schemas.dead_letter import DeadLetter
from schemas.errors import Stop
from schemas.score import Score
from schemas.topics import DEAD_LETTERS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.batch import Batch, Input
from streams.refused_share import RefusedShare
from tests.support.command import running
from tests.support.events import payment
from tests.support.topic_log import committed, read_topic, send_raw, wait_until_committed

GOOD = payment().model_dump_json().encode()
LATER = GOOD.replace(b'"schema_version":1', b'"schema_version":2')


async def batch_of(good: int, bad: int, *, emit: bool = True) -> Batch[None]:
    records = [GOOD] * good + [LATER] * bad
    batch: Batch[None] = Batch(
        Input(TRANSACTIONS, 0, "g:0"),
        offsets=range(len(records)),
        records=records,
        append_ms=[0] * len(records),
        emit=emit,
        state=None,
    )
    batch.decode(Transaction)
    return batch


async def test_past_the_share_it_says_what_how_many_why_and_what_to_do() -> None:
    share = RefusedShare(0.5)
    share.count([await batch_of(500, 500)], 0.0)
    with pytest.raises(Stop) as stop:
        share.count([await batch_of(0, 1)], 1.0)
    said = str(stop.value)
    assert said.startswith("501 of the last 1,001 records of transactions (5 minutes) were refused")
    assert "TILLWATCH_MAX_REFUSED_RATIO = 0.5" in said
    assert "(501 times): unknown_version: schema_version is not 1" in said


async def test_few_records_stop_nobody_however_bad() -> None:
    RefusedShare(0.0).count([await batch_of(0, 499)], 0.0)


async def test_what_is_older_than_the_window_does_not_count() -> None:
    share = RefusedShare(0.5)
    share.count([await batch_of(0, 450)], 0.0)
    share.count([await batch_of(0, 450)], 300.0)


async def test_a_restore_does_not_count() -> None:
    share = RefusedShare(0.5)
    share.count([await batch_of(0, 2_000, emit=False)], 0.0)
    share.count([await batch_of(0, 100)], 0.0)


@pytest.mark.services
def test_a_worker_that_knows_an_older_contract_spoils_nothing(kafka_topics: str, tmp_path: Path) -> None:
    """It stops, at every start, until it is told to go on; what it stopped at is not committed."""
    send_raw(kafka_topics, TRANSACTIONS, [(b"key", LATER)] * 3_000, partition=1)
    for _ in range(2):
        with running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker:
            assert worker.wait() == 1
            assert "records of transactions (5 minutes) were refused" in worker.said
            assert '"why":"' in worker.said
    assert committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS) < 1_000
    assert len(read_topic(kafka_topics, SCORES, Score)) < 1_000
    with running(("tillwatch", "worker"), kafka_topics, tmp_path, TILLWATCH_MAX_REFUSED_RATIO="1") as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
    assert len({letter.key for letter in read_topic(kafka_topics, DEAD_LETTERS, DeadLetter)}) == 3_000
