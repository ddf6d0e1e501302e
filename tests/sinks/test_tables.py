"""Every topic's records fit its table: checked with the contract's own examples and a real store."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from clickhouse_connect.driver.client import Client
from pydantic import BaseModel

import schemas
from schemas.heartbeat import Heartbeat
from schemas.topics import TOPICS
from schemas.transaction import Line
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.tables.table import Table
from sinks.writer.batch import Batch, make_columns, make_rows
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position
from tests.support.events import MONDAY, click, movement, payment

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


def test_every_topic_that_the_sink_reads_has_a_table() -> None:
    assert TABLES.keys() == {name for name, topic in TOPICS.items() if "sink" in topic.read_by.split(", ")}


@pytest.mark.services
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_examples_go_in_and_come_out(
    clickhouse: ClickHouseSettings, client: Client, table: Table[Any]
) -> None:
    names = [
        name
        for (name,) in client.query(
            "SELECT name FROM system.columns WHERE database = 'tillwatch' AND table = {table:String} "
            "AND default_kind != 'MATERIALIZED'",
            parameters={"table": table.name},
        ).result_rows
    ]
    for batch in batches_of_examples(table):
        rows = make_rows(batch)
        assert (rows.refused, rows.count) == (0, 1)
        assert sorted(make_columns(batch).columns) == sorted(names)
        if table.lines is not None:
            assert {*table.lines.columns, "kafka_partition", "kafka_offset", table.append_time} == set(names)
        Inserter(clickhouse).insert(batch, rows)
        found = client.query(f"SELECT * FROM {table.name} WHERE kafka_offset = {batch.lasts[3]}").first_item
        assert found is not None
        event = table.topic.model.model_validate_json(batch.records[0][0].value or b"")
        for name, value in found.items():
            if hasattr(event, name) and name != table.append_time:
                assert comparable(value) == comparable(getattr(event, name)), name


EXTREMES = [
    payment(
        1, amount_minor=10**12, discount_minor=10**12, price_overrides=10_000,
        occurred_at=datetime(2099, 12, 31, 23, 59, tzinfo=UTC), store_id="\x00'\\`😀",
        lines=(Line(sku="a", quantity=-10_000, unit_price_minor=-(10**12)),),
    ).model_copy(update={"seq": 2**63 - 1}),
    click(2, occurred_at=datetime(2015, 1, 1, tzinfo=UTC), duration_ms=86_400_000, page="\n\t\x00"),
    movement(3, kind="adjustment", quantity=-1_000_000, level_after=-(10**9)),
    Heartbeat(source="a", run="b", at=MONDAY, next_seq={"clicks": 2**63}, spooled=2**63 - 1),
]  # fmt: skip


@pytest.mark.services
@pytest.mark.parametrize("event", EXTREMES, ids=lambda event: type(event).__name__)
def test_the_most_that_a_contract_allows_fits(clickhouse: ClickHouseSettings, event: BaseModel) -> None:
    """A record that passes the door and not the table would stop the sink for good."""
    table = next(table for table in TABLES.values() if table.topic.model is type(event))
    value = event.model_dump_json().encode()
    record = ConsumerRecord(
        topic=table.topic.name, partition=0, offset=10**9, timestamp=APPENDED_MS, timestamp_type=1,
        key=None, value=value, checksum=None, serialized_key_size=0, serialized_value_size=len(value),
        headers=(),
    )  # fmt: skip
    batch = Batch(table, Position.at("generation", (10**9,)), (10**9,), [[record]])
    rows = make_rows(batch)
    assert (rows.refused, rows.count) == (0, 1)
    inserter = Inserter(clickhouse)
    inserter.insert(batch, rows)
    assert inserter.rows_there(batch) == 1


def comparable(value: Any) -> Any:
    """A tuple comes back as a list, and a time without its microseconds."""
    if hasattr(value, "timestamp"):
        return int(value.timestamp() * 1000)
    if isinstance(value, bytes):
        return value.decode()
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.services
def test_a_large_batch_goes_in_whole(clickhouse: ClickHouseSettings, client: Client) -> None:
    """A client that cuts it into blocks loses all but the first to the deduplication token."""
    count = 20_000
    table = TABLES["scores"]
    example = next(iter(sorted((EXAMPLES / "scores" / "accepted").glob("*.json"))))
    origin = orjson.loads(example.read_bytes())
    records = []
    for offset in range(count):
        origin["origin"] |= {"partition": 5, "offset": offset, "generation": "large:0"}
        value = orjson.dumps(origin)
        records.append(
            ConsumerRecord(
                topic="scores",
                partition=5,
                offset=offset,
                timestamp=APPENDED_MS,
                timestamp_type=1,
                key=None,
                value=value,
                checksum=None,
                serialized_key_size=0,
                serialized_value_size=len(value),
                headers=(),
            )
        )
    empty: list[list[Any]] = [[] for _ in range(8)]
    empty[5] = records
    lasts = (-1, -1, -1, -1, -1, count - 1, -1, -1)
    batch = Batch(table, Position.at("large", (0,) * 8), lasts, empty)
    inserter = Inserter(clickhouse)
    for _ in range(2):
        inserter.insert(batch, make_rows(batch))
        found = client.query("SELECT count() FROM scores WHERE origin_generation = 'large:0'")
        assert found.result_rows[0][0] == count
