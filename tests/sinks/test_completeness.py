"""The view that says what each source sent, and how much of it is here."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from clickhouse_connect.driver.client import Client

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.events import MONDAY

pytestmark = pytest.mark.services


@pytest.fixture
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """A client of the module's store, without arrivals and heartbeats."""
    client = connect(clickhouse)
    for table in ("arrivals", "last_heartbeats"):
        client.command(f"TRUNCATE TABLE {table}")
    yield client
    client.close()


def beat(store: Client, minute: int, next_seq: dict[str, int], *, run: str = "run-1") -> None:
    at = MONDAY + timedelta(minutes=minute)
    names = ["source", "run", "store_id", "at", "next_seq", "spooled", "received_at"]
    store.insert("heartbeats", [["till-1", run, "store-1", at, next_seq, 3, at]], column_names=names)


def arrive(
    store: Client,
    partition: int,
    arrived: int,
    highest: int,
    *,
    minute: int = 0,
    run: str = "run-1",
    generation: str = "first:0",
) -> None:
    at = MONDAY + timedelta(minutes=minute)
    names = ["source", "run", "topic", "arrived", "highest_seq", "last_occurred_at"]
    names += ["origin_generation", "origin_topic", "origin_partition", "origin_offset", "received_at"]
    row = ["till-1", run, "transactions", arrived, highest, at, generation, "scores", partition, arrived, at]
    store.insert("arrivals", [row], column_names=names)


def found(store: Client, columns: str = "run, topic, store_id, sent, arrived, spooled") -> list[object]:
    return list(store.query(f"SELECT {columns} FROM completeness ORDER BY run, topic").result_rows)


def test_arrivals_of_all_partitions_are_held_against_the_last_heartbeat(store: Client) -> None:
    beat(store, 0, {"transactions": 3, "clicks": 0})
    beat(store, 2, {"transactions": 10, "clicks": 2})
    for arrived in (1, 4):
        arrive(store, 0, arrived, 2 * arrived)
    arrive(store, 5, 5, 9, minute=1)
    assert found(store) == [
        ("run-1", "clicks", "store-1", 2, 0, 3),
        ("run-1", "transactions", "store-1", 10, 9, 3),
    ]
    minutes = found(store, "toMinute(last_occurred_at), toMinute(last_heartbeat_at)")
    assert minutes == [(0, 2), (1, 2)]


def test_a_number_above_the_last_heartbeat_was_sent_too(store: Client) -> None:
    beat(store, 0, {"transactions": 3})
    arrive(store, 0, 5, 7)
    assert found(store, "sent, arrived") == [(8, 5)]


def test_each_run_counts_from_nought(store: Client) -> None:
    beat(store, 0, {"transactions": 5})
    beat(store, 1, {"transactions": 1}, run="run-2")
    arrive(store, 0, 5, 4)
    assert found(store, "run, sent, arrived") == [("run-1", 5, 5), ("run-2", 1, 0)]


def test_a_new_generation_of_a_partition_replaces_the_one_before(store: Client) -> None:
    beat(store, 0, {"transactions": 6})
    arrive(store, 0, 6, 5)
    arrive(store, 0, 4, 4, minute=1, generation="second:0")
    assert found(store, "sent, arrived") == [(6, 4)]
