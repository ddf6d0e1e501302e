"""Kafka goes away under load and comes back: the same worker catches up, and nothing is lost."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from producers.administration import create_topics
from schemas.score import Score
from schemas.topics import CLICKS, SCORES, TRANSACTIONS
from streams.dense_reader import DenseReader
from tests.support.command import running
from tests.support.events import click, payment, payments
from tests.support.mortal_broker import started
from tests.support.topic_log import read_topic, send, wait_until_committed
from tillwatch.stack.broker import Broker
from tillwatch.stack.ports import free_port

pytestmark = pytest.mark.services


@pytest.mark.parametrize("seconds", [0, 60])
def test_a_worker_survives_its_broker(tmp_path: Path, seconds: int) -> None:
    """60 s are longer than any timeout of the client: what waits to be sent must not expire meanwhile."""
    broker = Broker(tmp_path / "kafka", free_port(), free_port(), heap_megabytes=256)
    kafka = broker.bootstrap_servers
    with ExitStack() as cleanup:
        with started(broker):
            create_topics(kafka)
            send(kafka, TRANSACTIONS, payments(12_000))
            send(kafka, CLICKS, [click(seq) for seq in range(12_000)])
            worker = cleanup.enter_context(running(("tillwatch", "worker"), kafka, tmp_path))
            wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS, count=1)
        time.sleep(seconds)  # nothing to wait for: that nothing happens is what must hold
        assert worker.process.poll() is None
        with started(broker):
            send(kafka, TRANSACTIONS, [payment(seq) for seq in range(12_000, 13_000)])
            wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)
            wait_until_committed(kafka, "tillwatch-series", CLICKS)
            assert worker.process.poll() is None
            reader = DenseReader()
            scores = [score for score in read_topic(kafka, SCORES, Score) if reader.accept(score.origin)]
            assert len(scores) == 13_000
            assert reader.gaps == 0
            assert worker.stop() == 0
