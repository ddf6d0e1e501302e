"""Every topic's records fit its table: checked with the contract's own examples and a real store."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from clickhouse_connect.driver.client import Client

import schemas
from schemas.topics import TOPICS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.tables.table import Table
from sinks.writer.batch import Batch, make_rows
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position

EXAMPLES = Path(schemas.__file__).parent / "examples"
APPENDED_MS = time.time_ns() // 1_000_000


@pytest.fixture
def client(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    client = connect(clickhouse)
    yield client
    client.close()


def batches_of_examples(table: Table[Any]) -> Iterator[Batch]:
    """Yield one batch per example: two of them may be versions of the same thing."""
    for offset, path in enumerate(sorted((EXAMPLES / table.topic.name / "accepted").glob("*.json"))):
        record = ConsumerRecord(
            topic=table.topic.name, partition=3, offset=offset, timestamp=APPENDED_MS, timestamp_type=1,
            key=b"key", value=path.read_bytes(), checksum=None, serialized_key_size=3,
            serialized_value_size=path.stat().st_size, headers=(),
        )  # fmt: skip
        yield Batch(table, Position.at("generation", (0, 0, 0, offset)), (-1, -1, -1, offset), [[record]])


def test_every_topic_has_a_table() -> None:
    assert TABLES.keys() == TOPICS.keys()


@pytest.mark.services
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_examples_go_in_and_come_out(
    clickhouse: ClickHouseSettings, client: Client, table: Table[Any]
) -> None:
    names = [
        name
        for (name,) in client.query(
            "SELECT name FROM system.columns WHERE database = 'tillwatch' AND table = {table:String}",
            parameters={"table": table.name},
        ).result_rows
    ]
    for batch in batches_of_examples(table):
        rows = make_rows(batch)
        assert (rows.refused, rows.count) == (0, 1)
        assert sorted(rows.columns) == sorted(names)
        Inserter(clickhouse).insert(batch, rows)
        found = client.query(f"SELECT * FROM {table.name} WHERE kafka_offset = {batch.lasts[3]}").first_item
        assert found is not None
        event = table.topic.model.model_validate_json(batch.records[0][0].value or b"")
        for name, value in found.items():
            if hasattr(event, name) and name != table.append_time:
                assert comparable(value) == comparable(getattr(event, name)), name


def comparable(value: Any) -> Any:
    """A tuple comes back as a list, and a time without its microseconds."""
    if hasattr(value, "timestamp"):
        return int(value.timestamp() * 1000)
    if isinstance(value, bytes):
        return value.decode()
    return list(value) if isinstance(value, tuple) else value
