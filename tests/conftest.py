"""What tests share: a real Kafka and a real store.

kafka
    Bootstrap servers (host:port) of a real Apache Kafka from Maven's jars, started once per test run on a
    free port, without topics. Tests that name their own topics and groups use it as it is.
kafka_topics
    The same with the contract's topics empty and every consumer group deleted, before each test that asks for
    it. Topics that were written to are made anew (new topic ids, so a new generation).

        @pytest.mark.services
        def test_something(kafka_topics: str) -> None:
            producer = KafkaProducer(bootstrap_servers=kafka_topics)

clickhouse
    Settings (user writer) of a real embedded store with fresh data, migrated; one process per test module.

Kafka needs Java 17 and Maven; without them such tests fail and say what to install. `make test-fast`
leaves them out. Tests run in three processes (`-n 3 --dist loadfile --no-loadscope-reorder`) on two cores,
for those with services wait half of the time. Each process has one broker of its own for all of them, and
whoever has nothing to do takes the next file, so what a file sets up is set up once.
"""

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import engine

from sinks.connection import connect
from sinks.migrate import migrate
from sinks.settings import ClickHouseSettings
from tests.support.store_process import StoreProcess
from tests.support.topic_log import empty_topics
from tillwatch.stack.broker import running_broker

__all__ = [
    "clickhouse",
    "garbage",
    "kafka",
    "kafka_topics",
    "migrated_folder",
    "pytest_collection_modifyitems",
    "pytest_configure",
]


# Properties run without a time limit per example: other tests may share the two cores. One that fails is
# shrunk for as long as helps whoever reads it, not for five minutes. The examples are the same each time, so
# that a commit is judged by what it changes; `pytest --hypothesis-profile=explore` looks at others.
engine.MAX_SHRINKING_SECONDS = 20
settings.register_profile(
    "tillwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile("explore", settings.get_profile("tillwatch"), derandomize=False)
settings.load_profile("tillwatch")

LONGEST = (
    "streams/test_broker_away.py",
    "end_to_end/test_demo.py",
    "tillwatch/test_reprocess_switch.py",
    "streams/snapshots/test_worker.py",
    "streams/test_ending.py",
    "console/test_in_chromium.py",
    "end_to_end/test_kills.py",
    "streams/test_isolation.py",
    "streams/snapshots/test_of_partitions.py",
    "benchmarks/test_chaos.py",
    "streams/test_health.py",
    "streams/test_worker.py",
    "streams/test_judge.py",
)
"""Files that take longest, in this order: begun first, so that nobody is left with one at the end."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest, then what else needs services."""

    def turn(item: pytest.Item) -> tuple[int, bool]:
        file = item.nodeid.split("::")[0].removeprefix("tests/")
        services = item.get_closest_marker("services") is not None
        return LONGEST.index(file) if services and file in LONGEST else len(LONGEST), not services

    items.sort(key=turn)


def pytest_configure() -> None:
    """Look for garbage between files only: a fourth of the time of tests without services went into it."""
    gc.disable()


@pytest.fixture(scope="module", autouse=True)
def garbage() -> Iterator[None]:
    """Collect what a file left; what is in use then, such as all modules, is not looked at again."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real broker for the whole run; about 4 s and 400 MB."""
    with running_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def kafka_topics(kafka: str) -> str:
    """The broker with empty topics and no consumer group; about .1 s, and 1 s where all topics are made."""
    empty_topics(kafka)
    return kafka


@pytest.fixture(scope="module")
def clickhouse(
    migrated_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClickHouseSettings]:
    """A real embedded store, migrated; about 1 s and 250 MB."""
    folder = tmp_path_factory.mktemp("store") / "data"
    shutil.copytree(migrated_folder, folder, symlinks=True)
    store = StoreProcess(folder).start()
    try:
        yield store.settings()
    finally:
        store.stop()


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one store for all processes was migrated and stopped: a copy takes .1 s, migrating 2."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "migrated" / "data"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            migrate_store(folder.with_suffix(".unfinished")).rename(folder)
    return folder


def migrate_store(folder: Path) -> Path:
    """Make a store of all migrations; give its folder."""
    store = StoreProcess(folder).start()
    try:
        client = connect(store.settings())
        migrate(client)
        client.close()
    finally:
        store.stop()
    return folder
