"""Workers join, leave, die and freeze while payments come; no result can be told from one worker's."""

import os
import signal
from pathlib import Path

import pytest

from schemas.topics import TRANSACTIONS
from tests.support.command import Command, running
from tests.support.topic_log import wait_until_committed
from tests.support.uninterrupted import assert_as_uninterrupted, feed

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")
PART = 4_000


def drain(kafka: str) -> None:
    wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)


def owns(worker: Command, partitions: int, times: int = 1) -> None:
    """Wait until a worker has said so often that it scores so many partitions."""
    worker.wait_until_said(
        rf'"agent":"fraud","partitions":\[(?:"transactions\[\d\]",?){{{partitions}}}\]', times=times
    )


def test_joining_leaving_and_dying_changes_no_result(kafka_topics: str, tmp_path: Path) -> None:
    settings = {"TILLWATCH_SNAPSHOT_SECONDS": "0.5"}
    feed(kafka_topics, 0, PART)
    with running(WORKER, kafka_topics, tmp_path, **settings) as first:
        owns(first, 8)
        with running(WORKER, kafka_topics, tmp_path, **settings) as second:
            owns(second, 4)
            feed(kafka_topics, PART, PART)
            assert second.stop() == 0
        feed(kafka_topics, 2 * PART, PART)
        with running(WORKER, kafka_topics, tmp_path, **settings) as third:
            owns(third, 4)
            feed(kafka_topics, 3 * PART, PART)
            first.kill()
            feed(kafka_topics, 4 * PART, PART)
            drain(kafka_topics)
            assert third.stop() == 0
    assert_as_uninterrupted(kafka_topics)


def test_a_zombie_changes_no_result(kafka_topics: str, tmp_path: Path) -> None:
    """Frozen past its session, its partitions move; it wakes up in the middle of its work and goes on."""
    with (
        running(WORKER, kafka_topics, tmp_path) as frozen,
        running(WORKER, kafka_topics, tmp_path) as other,
    ):
        owns(frozen, 4)
        owns(other, 4)
        feed(kafka_topics, 0, PART)
        os.kill(frozen.process.pid, signal.SIGSTOP)
        try:
            feed(kafka_topics, PART, PART)
            owns(other, 8)
            drain(kafka_topics)
            feed(kafka_topics, 2 * PART, PART)
        finally:
            os.kill(frozen.process.pid, signal.SIGCONT)
        owns(frozen, 4, times=2)
        feed(kafka_topics, 3 * PART, PART)
        drain(kafka_topics)
        assert frozen.stop() == other.stop() == 0
    assert_as_uninterrupted(kafka_topics)
