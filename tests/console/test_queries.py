"""Every query of the page against the migrated store, as the user who can only read."""

import asyncio
import socket
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.panels.stores import STORES
from console.query import FOLDER, Query
from console.query_set import QUERIES
from console.reader import StoreReader
from console.selection import Selection
from console.trading_day import trading_day
from sinks.connection import connect, connect_async
from sinks.settings import ClickHouseSettings
from tests.support.patience import PATIENCE_SECONDS
from tests.support_console.serving import as_reader, parameters_now, settings
from tests.support_console.shop import Shop
from tests.support_console.watched import (
    write_alert,
    write_answer,
    write_context,
    write_expected,
    write_levels,
)

pytestmark = pytest.mark.services


def test_every_file_is_asked_and_every_query_has_its_file() -> None:
    asked = {query.name for query in QUERIES}
    assert {path.stem for path in FOLDER.glob("*.sql")} == asked - {"stores/ranking"}  # of the sheet, too


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


async def test_a_source_that_has_just_come_stays_on_top(clickhouse: ClickHouseSettings) -> None:
    """In a busy chain ten payments go by in a second, and whoever has just connected looks for theirs."""
    client, now = connect(clickhouse), datetime.now(UTC)
    shop = Shop(client)
    shop.heartbeat(now, sent=101, arrived=101)
    known = [shop.score_row(now - timedelta(seconds=n)) | {"source": "till-1"} for n in range(12)]
    mine = shop.score_row(now - timedelta(seconds=40), payment_id="mine") | {"source": "just-connected"}
    shop.insert_scores([*known, mine])
    client.close()
    reader = StoreReader(as_reader(clickhouse), QUERIES)
    rows: dict[str, list[Any]] = (await reader.read(parameters_now())).rows
    await reader.close()
    assert "mine" in {row.payment_id for row in rows["latest"]}


async def test_alerts_courses_and_stock_are_found(clickhouse: ClickHouseSettings) -> None:
    client, now = connect(clickhouse), datetime.now(UTC)
    midnight = trading_day(now, now, settings().zone).start
    write_alert(client, "open", now)
    write_answer(client, "answered", now, "real")
    write_answer(client, "taken-back", now, "withdrawn")
    write_alert(client, "ended", now, until=now)
    write_alert(client, "long-over", now - timedelta(days=9), until=now - timedelta(days=8))
    write_expected(client, midnight, [100.0] * 96, slot_minutes=15)
    write_expected(client, midnight, [1.0] * 96, slot_minutes=15, store_id="store-01")
    write_levels(client, [("store-01", "sku-1", 2, 14.0), ("store-01", "sku-2", 90, 14.0)], now)
    client.close()
    reader = StoreReader(as_reader(clickhouse), QUERIES)
    rows: dict[str, list[Any]] = (await reader.read(parameters_now())).rows
    await reader.close()
    assert {row.alert_id: row.open for row in rows["open_alerts"]} == {
        "open": True, "taken-back": True, "answered": False, "ended": False,
    }  # fmt: skip
    assert [(row.series, row.slot_minutes, row.expected[0]) for row in rows["expected"]] == [
        ("revenue", 15, 100.0)
    ]
    assert [(row.sku, row.pieces_lost) for row in rows["running_out"]] == [("sku-1", 12.0)]
    assert rows["watching"][0].curves == 2


async def test_selection_reaches_every_figure_that_knows_its_store(clickhouse: ClickHouseSettings) -> None:
    client = connect(clickhouse)
    shop, now = Shop(client), datetime.now(UTC)
    shop.open_stores()
    for store_id, channel in (("store-07", "pos"), ("web", "web")):
        row = shop.score_row(now - timedelta(minutes=5), payment_id="p") | {"store_id": store_id}
        shop.insert_scores([row | {"channel": channel}])
    shop.insert_clicks(shop.session(now - timedelta(minutes=5)))
    midnight = trading_day(now, now, settings().zone).start
    write_context(client, "everywhere", midnight)
    write_context(client, "here", midnight, store_id="store-07")
    write_context(client, "elsewhere", midnight, store_id="web")
    write_context(client, "over", midnight - timedelta(minutes=1))
    client.close()
    reader = StoreReader(as_reader(clickhouse), QUERIES)
    await reader.read(parameters_now())
    known = reader.shared.of(STORES)
    only = Selection(store="store-07")
    found: dict[str, list[Any]] = (await reader.read(parameters_now(only, known), only)).rows
    await reader.close()
    assert {row.store_id for row in found["latest"]} == {"store-07"}
    assert {row.title for row in found["context"]} == {"everywhere", "here"}
    assert found["visits"] == found["funnel"] == []


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


async def test_store_that_takes_connections_and_says_nothing_is_named(
    clickhouse: ClickHouseSettings,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        silent = as_reader(clickhouse).model_copy(update={"port": port, "answer_seconds": 1})
        reader = StoreReader(silent, QUERIES)
        async with asyncio.timeout(PATIENCE_SECONDS):
            readings = await reader.read(parameters_now())
        await reader.close()
    assert readings.problem == f"ClickHouse at 127.0.0.1:{port} does not answer."


async def test_absent_store_is_named_and_not_raised(clickhouse: ClickHouseSettings) -> None:
    absent = as_reader(clickhouse).model_copy(update={"port": 1})
    reader = StoreReader(absent, QUERIES)
    readings = await reader.read(parameters_now())
    await reader.close()
    assert readings.problem == "ClickHouse at 127.0.0.1:1 does not answer."
