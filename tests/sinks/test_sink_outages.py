"""The sink while others die or stand still: nothing lost, nothing twice."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from producers.administration import create_topics
from schemas.topics import SCORES, TRANSACTIONS
from sinks.connection import connect
from tests.support.command import Command
from tests.support.events import payments
from tests.support.mortal_broker import started
from tests.support.patience import wait_until
from tests.support.sinking import GROUP, one, send_scores, sink
from tests.support.store_process import StoreProcess
from tests.support.topic_log import committed, send, wait_until_committed
from tillwatch.stack.broker import Broker
from tillwatch.stack.ports import free_port

pytestmark = pytest.mark.services


@pytest.fixture
def process(migrated_folder: Path, tmp_path: Path) -> Iterator[StoreProcess]:
    """A migrated store that the test may kill; not started."""
    store = StoreProcess(tmp_path / "store")
    shutil.copytree(migrated_folder, store.folder, symlinks=True)
    yield store
    if store.process is not None and store.process.poll() is None:
        store.stop()


def exact(client: Client, count: int, revenue: int) -> None:
    assert one(client, "SELECT count(), uniqExact(origin_partition, origin_offset) FROM scores") == (
        count,
        count,
    )
    assert one(client, "SELECT sum(events), sum(revenue_minor) FROM payments_minute") == (count, revenue)


def test_store_that_dies_during_a_migration_is_waited_for(
    kafka_topics: str, process: StoreProcess, tmp_path: Path
) -> None:
    shutil.rmtree(process.folder)
    count, revenue = send_scores(kafka_topics, 20)
    process.start(TILLWATCH_FAILPOINT="insert-received:3")  # the note that the third file was applied
    assert process.process is not None
    with sink(kafka_topics, process.settings(), tmp_path) as migrating:
        assert process.process.wait(30) == -signal.SIGKILL
        process.start()
        wait_until_committed(kafka_topics, GROUP, SCORES)
        assert migrating.stop(5) == 0
    client = connect(process.settings())
    exact(client, count, revenue)


def test_store_that_is_absent_is_waited_for(kafka_topics: str, process: StoreProcess, tmp_path: Path) -> None:
    count, revenue = send_scores(kafka_topics, 20)
    with sink(kafka_topics, process.settings(), tmp_path) as waiting:
        waiting.wait_until_said(f"waiting for ClickHouse at 127.0.0.1:{process.port}")
        process.start()
        wait_until_committed(kafka_topics, GROUP, SCORES)
        assert waiting.stop(5) == 0
    client = connect(process.settings())
    exact(client, count, revenue)
    client.close()


def test_store_that_dies_under_load_loses_and_doubles_nothing(
    kafka_topics: str, process: StoreProcess, tmp_path: Path
) -> None:
    process.start()
    with sink(kafka_topics, process.settings(), tmp_path, TILLWATCH_SINK_BATCH_ROWS="40") as running_sink:
        count, revenue = send_scores(kafka_topics, 400)
        for part in (1, 2):
            wait_until(lambda part=part: committed(kafka_topics, GROUP, SCORES) > part * count // 4)  # type: ignore[misc]
            process.kill()
            process.start()
        wait_until_committed(kafka_topics, GROUP, SCORES)
        assert running_sink.stop(5) == 0
        assert "waiting for ClickHouse" in running_sink.said
    client = connect(process.settings())
    exact(client, count, revenue)
    client.close()


def test_sink_stops_in_time_while_the_store_is_away(
    kafka_topics: str, process: StoreProcess, tmp_path: Path
) -> None:
    process.start()
    with sink(kafka_topics, process.settings(), tmp_path) as running_sink:
        running_sink.wait_until_said("topics assigned")
        process.kill()
        send(kafka_topics, TRANSACTIONS, payments(50))
        running_sink.wait_until_said("waiting for ClickHouse")
        assert running_sink.stop(5) == 0


def test_frozen_sink_wakes_up_harmless(kafka_topics: str, process: StoreProcess, tmp_path: Path) -> None:
    """A sink frozen past its session: its successor writes its ranges again, and it can announce nothing."""
    process.start()
    first_sink = sink(kafka_topics, process.settings(), tmp_path, TILLWATCH_SINK_BATCH_ROWS="40")
    second_sink = sink(kafka_topics, process.settings(), tmp_path, TILLWATCH_SINK_BATCH_ROWS="40")
    with first_sink as frozen:
        count, revenue = send_scores(kafka_topics, 400)
        wait_until(lambda: committed(kafka_topics, GROUP, SCORES) > count // 8)
        os.kill(frozen.process.pid, signal.SIGSTOP)
        with second_sink as successor:
            wait_until(lambda: committed(kafka_topics, GROUP, SCORES) > count // 2)
            os.kill(frozen.process.pid, signal.SIGCONT)
            wait_until_committed(kafka_topics, GROUP, SCORES)
            assert both_alive(frozen, successor)
            assert (frozen.stop(6), successor.stop(6)) == (0, 0)
            # how often the frozen one was caught between announcing and committing is left to chance
            assert "round given up" in frozen.said
    client = connect(process.settings())
    exact(client, count, revenue)
    client.close()


def both_alive(*commands: Command) -> bool:
    return all(command.process.poll() is None for command in commands)


def test_broker_that_goes_away_is_waited_for(process: StoreProcess, tmp_path: Path) -> None:
    broker = Broker(tmp_path / "kafka", free_port(), free_port(), heap_megabytes=256)
    kafka = broker.bootstrap_servers
    process.start()
    with ExitStack() as cleanup:
        with started(broker):
            create_topics(kafka)
            count, revenue = send_scores(kafka, 300)
            running_sink = cleanup.enter_context(
                sink(kafka, process.settings(), tmp_path, TILLWATCH_SINK_BATCH_ROWS="40")
            )
            wait_until(lambda: committed(kafka, GROUP, SCORES) > count // 4)
        with started(broker):
            wait_until_committed(kafka, GROUP, SCORES)
            assert running_sink.stop(6) == 0
    client = connect(process.settings())
    exact(client, count, revenue)
    client.close()
