"""Every query of the page against the migrated store, as the user who can only read."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.query import FOLDER, Query
from console.query_set import QUERIES
from console.reader import StoreReader
from console.trading_day import trading_day
from sinks.connection import connect, connect_async
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import as_reader, parameters_now, settings
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services


def test_every_file_is_asked_and_every_query_has_its_file() -> None:
    assert sorted(query.name for query in QUERIES) == sorted(path.stem for path in FOLDER.glob("*.sql"))


async def test_columns_are_the_fields_of_the_rows(clickhouse: ClickHouseSettings) -> None:
    client = await connect_async(as_reader(clickhouse))
    try:
        for query in QUERIES:
            needed = {name: parameters_now()[name] for name in query.parameters}
            described = await client.query(f"DESCRIBE ({query.sql})", parameters=needed)
            columns = [row[0] for row in described.result_rows]
            assert sorted(columns) == sorted(field.name for field in fields(query.row)), query.name
    finally:
        await client.close()


async def test_empty_store_answers_every_query(clickhouse: ClickHouseSettings) -> None:
    reader = StoreReader(as_reader(clickhouse), QUERIES)
    readings = await reader.read(parameters_now())
    await reader.close()
    assert readings.errors == {}
    assert readings.problem is None
    assert not readings.anything


async def test_what_is_in_the_store_is_found(clickhouse: ClickHouseSettings) -> None:
    client = connect(clickhouse)
    shop, now = Shop(client), datetime.now(UTC)
    shop.open_stores()
    midnight = trading_day(now, now, settings().zone).start
    written = shop.payments(midnight, now - timedelta(minutes=1))
    shop.insert_scores([shop.score_row(now, payment_id="p-latest", amount_minor=12_345)])
    shop.signs_of_life(now)
    shop.heartbeat(now, sent=10, arrived=9)
    client.close()
    reader = StoreReader(as_reader(clickhouse), QUERIES)
    readings = await reader.read(parameters_now())
    await reader.close()
    assert readings.errors == {}
    rows: dict[str, list[Any]] = readings.rows
    assert rows["latest"][0].payment_id == "p-latest"
    assert rows["latest"][0].amount_minor == 12_345
    assert len(rows["latest"]) == min(10, written + 1)
    assert sum(row.payments + row.refunds for row in rows["day"]) == written + 1
    assert len(rows["stores"]) == 40
    assert {row.agent for row in rows["workers"]} == {"fraud", "series", "stock", "judge"}
    assert (rows["completeness"][0].expected, rows["completeness"][0].received) == (10, 9)
    assert all(row.sessions >= row.paying for row in rows["visits"])


async def test_failing_query_says_so_and_the_others_answer(clickhouse: ClickHouseSettings) -> None:
    class Broken(Query[Any]):
        sql = "SELECT nonsense FROM scores"
        parameters = frozenset()

    reader = StoreReader(as_reader(clickhouse), (*QUERIES, Broken("broken", dict)))
    readings = await reader.read(parameters_now())
    await reader.close()
    assert readings.errors == {"broken": "query broken failed"}
    assert readings.problem is None
    assert "day" in readings.rows


async def test_absent_store_is_named_and_not_raised(clickhouse: ClickHouseSettings) -> None:
    absent = as_reader(clickhouse).model_copy(update={"port": 1})
    reader = StoreReader(absent, QUERIES)
    readings = await reader.read(parameters_now())
    await reader.close()
    assert readings.problem == "ClickHouse at 127.0.0.1:1 does not answer."
