"""A process says why it ends, and ends quickly, with nothing to do again."""

import json
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from producers.administration import create_topics
from schemas.score import Score
from schemas.topics import SCORES, TRANSACTIONS
from streams.dense_reader import DenseReader
from streams.ending import EXIT_CODES
from tests.support.breaking_worker import POISON
from tests.support.command import Command, running
from tests.support.events import payment, payments
from tests.support.mortal_broker import started
from tests.support.topic_log import committed, read_topic, send, wait_until_committed
from tillwatch.stack.broker import Broker
from tillwatch.stack.ports import free_port

WORKER = ("tillwatch", "worker")
QUICKLY = 5.0
"""Seconds: what is promised, and less than the session of a worker that did not leave its group."""
BUSY = 12_000
"""Payments of at least three rounds."""


def last_words(command: Command) -> dict[str, object]:
    """Find the line that says why it ended; there is one."""
    lines = [json.loads(line) for line in command.said.splitlines() if line.startswith("{")]
    (ends,) = [line for line in lines if line["message"] == "process ends"]
    assert isinstance(ends, dict)
    return ends


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("worker", signal.SIGTERM),
        ("worker", signal.SIGINT),
        ("trainer", signal.SIGTERM),
        ("judge", signal.SIGINT),
    ],
)
def test_an_idle_process_ends_at_once(
    kafka_topics: str, tmp_path: Path, name: str, number: signal.Signals
) -> None:
    with running(("tillwatch", name), kafka_topics, tmp_path) as command:
        command.wait_until_said('"message":"partitions assigned"')
        command.process.send_signal(number)
        assert command.wait(seconds=QUICKLY) == 0
        assert (last_words(command)["why"], last_words(command)["exit_code"]) == (number.name, 0)


@pytest.mark.services
def test_a_busy_worker_leaves_nothing_to_do_again(kafka_topics: str, tmp_path: Path) -> None:
    """And it leaves the group, so that the next one need not wait for its session to expire."""
    send(kafka_topics, TRANSACTIONS, payments(BUSY))
    delayed = "after-commit:1:delay:1"  # it may not be done before it is asked to end
    with running(WORKER, kafka_topics, tmp_path, TILLWATCH_FAILPOINT=delayed) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS, count=1)
        assert worker.stop(seconds=QUICKLY) == 0
        ending = worker.said.partition("TillwatchApp]: Stopping")[2]  # the delay holds up what closes before
        assert ending
        assert "not closed in time" not in ending
    assert 0 < committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS) < BUSY
    with running(WORKER, kafka_topics, tmp_path) as worker:
        worker.wait_until_said('"agent":"fraud","partitions":', seconds=QUICKLY)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop(seconds=QUICKLY) == 0
    reader = DenseReader()
    kept = [score for score in read_topic(kafka_topics, SCORES, Score) if reader.accept(score.origin)]
    assert (len(kept), reader.repeats, reader.gaps) == (BUSY, 0, 0)


def test_it_ends_while_it_waits_for_kafka(tmp_path: Path) -> None:
    with running(WORKER, f"127.0.0.1:{free_port()}", tmp_path) as worker:
        worker.wait_until_said("waiting for Kafka")
        assert worker.stop(seconds=QUICKLY) == 0
        assert last_words(worker)["why"] == "SIGTERM"


@pytest.mark.services
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_it_ends_although_kafka_went_away(tmp_path: Path, busy: bool) -> None:
    """Nobody waits for a broker that may never come back: what was not acknowledged is made again."""
    broker = Broker(tmp_path / "kafka", free_port(), free_port(), heap_megabytes=256)
    with ExitStack() as cleanup:
        with started(broker):
            create_topics(broker.bootstrap_servers)
            send(broker.bootstrap_servers, TRANSACTIONS, payments(BUSY if busy else 10))
            worker = cleanup.enter_context(running(WORKER, broker.bootstrap_servers, tmp_path))
            wait_until_committed(broker.bootstrap_servers, "tillwatch-fraud", TRANSACTIONS, count=1)
        assert worker.stop(seconds=QUICKLY) == 0
        assert last_words(worker)["why"] == "SIGTERM"


@pytest.mark.services
def test_an_unexpected_error_has_its_own_code_and_a_traceback(kafka_topics: str, tmp_path: Path) -> None:
    """One record after the other that fails: it is the agent that is broken, not a record."""
    paid = [payment(seq, terminal_id=f"{POISON}-{seq}") for seq in range(100)]
    send(kafka_topics, TRANSACTIONS, paid, partition=3)
    with running(("tests.support.breaking_worker",), kafka_topics, tmp_path) as worker:
        assert worker.wait() == 70
        assert "ZeroDivisionError" in str(last_words(worker)["traceback"])


def test_the_exit_codes_are_in_the_help_and_in_the_page(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text()
    for code, why in EXIT_CODES.items():
        assert f"| {code} | {why} |" in page
    with running(("tillwatch", "worker", "--help"), "127.0.0.1:1", tmp_path) as shown:
        assert shown.wait() == 0
        words = " ".join(shown.said.split())
        assert all(f"{code} = {why.split(';')[0]}" in words for code, why in EXIT_CODES.items())
