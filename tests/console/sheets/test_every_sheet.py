"""Every sheet over a real store: its queries, its page, its JSON, its CSV and what it says without data."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
import schemathesis
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from hypothesis import Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.reader import StoreReader
from console.sessions import COOKIE
from console.sheets.picture import asked_queries
from console.sheets.registry import SHEETS
from console.sheets.sheet import Sheet
from sinks.connection import connect, connect_async
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import as_reader, console_client
from tests.support_console.sheet_data import SUBJECTS, sheet_parameters, write_sheets
from tests.support_console.shop import Shop

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]

Client = TestClient[Request, Application]
EVIL = "<img src=x"


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    writer = connect(clickhouse)
    write_sheets(writer, datetime.now(UTC), hours=1)
    writer.close()
    return as_reader(clickhouse)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def operator(store: ClickHouseSettings) -> AsyncIterator[Client]:
    async with console_client(store) as client:
        yield client


@pytest.fixture
def client(operator: Client, clickhouse: ClickHouseSettings) -> Client:
    """Somebody who is logged in, over a store that something has just arrived in."""
    writer = connect(clickhouse)
    Shop(writer).signs_of_life(datetime.now(UTC))
    writer.close()
    return operator


def path_of(sheet: Sheet) -> str:
    return sheet.path.replace("{subject}", SUBJECTS.get(sheet.name, ""))


async def test_columns_are_the_fields_of_the_rows(store: ClickHouseSettings) -> None:
    client = await connect_async(store)
    try:
        for query in {query for sheet in SHEETS for query in sheet.queries}:
            needed = {name: sheet_parameters()[name] for name in query.parameters}
            described = await client.query(f"DESCRIBE ({query.sql})", parameters=needed)
            columns = [row[0] for row in described.result_rows]
            assert sorted(columns) == sorted(field.name for field in fields(query.row)), query.name
    finally:
        await client.close()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
async def test_no_query_fails(store: ClickHouseSettings, sheet: Sheet) -> None:
    reader = StoreReader(store, asked_queries(sheet))
    readings = await reader.read(sheet_parameters(SUBJECTS.get(sheet.name, "")), "view")
    await reader.close()
    assert readings.errors == {}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
async def test_page_is_complete_without_a_script_and_escapes_everything(client: Client, sheet: Sheet) -> None:
    address = path_of(sheet) + ("?range=1h" if "1h" in sheet.lengths else "")  # today may just have begun
    async with client.get(address) as answer:
        text = await answer.text()
    assert answer.status == 200
    async with client.get(f"/api/v1{address}") as answer:
        picture = await answer.json()
    assert picture["state"] in {"live", "stale"}, picture["status"]  # it may have taken more than 10 s
    shown = len(re.findall("<tr [^>]*data-key=[\"'][^\"']", text))
    assert shown == sum(len(table["rows"]) for table in picture["tables"].values())
    for table in picture["tables"].values():
        assert table["rows"], f"{table['title']} has no row: its data are not in this test"
    assert EVIL not in text
    assert " style=" not in text
    assert not re.search("<script>|{{|None<|>nan", text)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
async def test_csv_holds_the_values_of_the_json(client: Client, sheet: Sheet) -> None:
    async with client.get(f"/api/v1{path_of(sheet)}") as answer:
        tables: dict[str, Any] = (await answer.json())["tables"]
    for name, table in tables.items():
        async with client.get(f"/api/v1{path_of(sheet)}/tables/{name}.csv") as answer:
            assert answer.content_type == "text/csv"
            lines = list(csv.reader(io.StringIO(await answer.text())))
        assert lines[0] == [column["name"] for column in table["columns"]]
        assert len(lines) == 1 + len(table["rows"])
    async with client.get(f"/api/v1{path_of(sheet)}/tables/none.csv") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.lengths], ids=lambda sheet: sheet.name)
async def test_an_unfit_range_is_refused_in_words(client: Client, sheet: Sheet) -> None:
    unfit = "?from=2026-11-17T10:00&until=2026-11-17T09:00"
    async with client.get(f"/api/v1{path_of(sheet)}{unfit}") as answer:
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"
    async with client.get(f"/api/v1{path_of(sheet)}/stream{unfit}") as answer:
        assert answer.status == 400
    async with client.get(f"{path_of(sheet)}{unfit}") as answer:
        assert answer.status == 400
        assert "The range ends before it begins." in await answer.text()


INJECTION = "' OR 1=1) -- \\'; DROP TABLE scores"


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.filters], ids=lambda sheet: sheet.name)
async def test_what_is_typed_is_never_run(client: Client, sheet: Sheet) -> None:
    for one in sheet.filters:
        async with client.get(f"/api/v1{path_of(sheet)}", params={one.name: INJECTION}) as answer:
            assert answer.status == (400 if one.name in ("region", "store", "channel") else 200)
            assert "failed" not in await answer.text()


@pytest.mark.parametrize("sheet", [one for one in SHEETS if one.of_subject], ids=lambda sheet: sheet.name)
async def test_an_unknown_thing_is_said_to_be_unknown(client: Client, sheet: Sheet) -> None:
    path = sheet.path.replace("{subject}", "nobody%20%3Cb%3E")
    async with client.get(path) as answer:
        assert answer.status == 404
        assert "nobody &lt;b&gt;" in await answer.text()
    async with client.get(f"/api/v1{path}") as answer:
        assert answer.status == 404


async def test_strangers_are_refused(store: ClickHouseSettings) -> None:
    async with console_client(store, logged_in=False) as client:
        for sheet in SHEETS:
            async with client.get(path_of(sheet), allow_redirects=False) as answer:
                assert answer.status == 303
            for end in ("", "/stream", "/tables/any.csv"):
                async with client.get(f"/api/v1{path_of(sheet)}{end}") as answer:
                    assert answer.status == 401


async def test_an_absent_store_is_said_to_be_absent(store: ClickHouseSettings) -> None:
    absent = store.model_copy(update={"port": 1})
    async with console_client(absent) as client:
        for sheet in SHEETS:
            async with client.get(path_of(sheet)) as answer:
                text = await answer.text()
                assert answer.status == 200
            assert "ClickHouse at 127.0.0.1:1 does not answer." in text
            assert 'data-state="waiting"' in text
            async with client.get(f"/api/v1{path_of(sheet)}") as answer:
                assert answer.status == 503


async def test_a_table_that_cannot_be_read_says_so_and_the_others_stay(
    clickhouse: ClickHouseSettings, store: ClickHouseSettings
) -> None:
    admin = await connect_async(clickhouse)
    await admin.command("RENAME TABLE dead_letters TO dead_letters_away")
    try:
        async with console_client(store) as client, client.get("/api/v1/pipeline") as answer:
            tables = (await answer.json())["tables"]
    finally:
        await admin.command("RENAME TABLE dead_letters_away TO dead_letters")
        await admin.close()
    assert tables["dead_letters"]["note"] == "▨ no table yet, no figures yet"
    assert tables["agents"]["rows"]


async def test_viewers_of_the_same_share_a_picture(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        pictures = []
        for _ in range(3):
            async with client.get("/api/v1/pipeline") as answer:
                pictures.append((await answer.json())["taken_at"])
        async with client.get("/api/v1/pipeline?range=15m") as answer:
            pictures.append((await answer.json())["taken_at"])
    assert pictures[-1] not in pictures[:3]
    assert len(set(pictures[:3])) < 3


async def test_stream_sends_the_page_itself(client: Client) -> None:
    async with client.get("/api/v1/metric-centre/stream") as answer:
        assert answer.content_type == "text/event-stream"
        text = (await answer.content.readuntil(b"\n\n")).decode() + (await answer.content.readline()).decode()
        assert "event: now" in text


async def rows_of(client: Client, address: str, table: str) -> dict[str, dict[str, Any]]:
    async with client.get(f"/api/v1{address}") as answer:
        found = (await answer.json())["tables"][table]
    return {one["key"]: one["cells"] | {"level": one["level"]} for one in found["rows"]}


async def figures_of(client: Client, address: str) -> dict[str, Any]:
    async with client.get(f"/api/v1{address}") as answer:
        return {name: one["value"] for name, one in (await answer.json())["figures"].items()}


async def test_pipeline_says_who_misses_what_and_why_records_were_refused(client: Client) -> None:
    sources = await rows_of(client, "/pipeline", "sources")
    assert next(iter(sources)) == "till-store-02|transactions"
    short = sources["till-store-02|transactions"]
    assert (short["missing"], short["complete"], short["level"]) == (40, 0.96, "silent")
    letters = await rows_of(client, "/pipeline", "dead_letters")
    assert sorted(one["records"] for one in letters.values()) == [1, 2]
    assert (await figures_of(client, "/pipeline"))["refused"] == 3


async def test_stores_add_up_to_what_was_paid(client: Client, clickhouse: ClickHouseSettings) -> None:
    end = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
    begin = end - timedelta(hours=2)
    writer = connect(clickhouse)
    query = """SELECT sum(reporting_minor * multiIf(status = 'authorised', 1, status = 'refunded', -1, 0))
               FROM scores
               WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}"""
    within = {"begin": int(begin.timestamp()), "end": int(end.timestamp())}
    ((paid,),) = writer.query(query, parameters=within).result_rows
    writer.close()
    asked = {"from": begin.isoformat(), "until": end.isoformat()}
    ranked = await rows_of(client, f"/stores?{urlencode(asked)}", "ranking")
    assert sum(one["revenue"] for one in ranked.values()) == paid
    assert paid > 0
    assert len(ranked) == 40
    online = await rows_of(client, f"/stores?{urlencode(asked | {'region': 'online'})}", "ranking")
    assert set(online) == {"web", "app"}
    assert online["web"]["revenue"] == ranked["web"]["revenue"]
    assert ranked["store-01"]["alerts"] == 1


async def test_funnel_names_the_device_and_the_step_that_broke(client: Client) -> None:
    devices = await rows_of(client, "/funnel", "devices")
    assert (devices["android"]["worst"], devices["android"]["level"]) == ("Pay", "soon")
    assert devices["ios"]["level"] == ""
    assert set(await rows_of(client, "/funnel?device=ios", "devices")) == {"ios"}


async def test_stock_says_what_is_gone_and_what_counts_found(client: Client) -> None:
    figures = await figures_of(client, "/stock")
    to_come, counts = await rows_of(client, "/stock", "to_come"), await rows_of(client, "/stock", "counts")
    assert figures["watched"] == 60
    assert figures["out"] > 0
    assert figures["missing"] == -sum(one["difference"] for one in counts.values())
    days = [one["lasts"] for one in to_come.values()]
    assert days == sorted(days)
    assert max(days) < 7


async def test_models_and_rules_say_what_was_decided(client: Client) -> None:
    models = await rows_of(client, "/models", "models")
    assert {name: one["role"] for name, one in models.items()} == {
        "blend-1": "challenger", "blend-lean-1": "challenger", "blend-8": "past",
    }  # fmt: skip
    ledger = await rows_of(client, "/rules-and-lists", "ledger")
    assert {name: (one["hits"], one["frauds"]) for name, one in ledger.items()} == {
        "far-away": (20, 10), "many-cards": (10, 5),
    }  # fmt: skip


async def test_a_customer_is_told_by_payments_cards_and_verdicts(client: Client) -> None:
    figures = await figures_of(client, "/customers/c-watched")
    assert (figures["payments"], figures["frauds"], figures["highest"]) == (8, 1, 0.9)
    shared = await rows_of(client, "/customers/c-watched", "shared")
    assert {name: one["payments"] for name, one in shared.items()} == {
        "card|tok-watched-0": 4, "card|tok-watched-1": 4,
    }  # fmt: skip
    by_card = await figures_of(client, "/customers/tok-watched-1")
    assert by_card["payments"] == 4


async def test_live_shows_one_source_and_why_its_records_were_refused(client: Client) -> None:
    events = await rows_of(client, "/live?source=till-web", "events")
    assert {one["source"] for one in events.values()} == {"till-web"}
    assert await rows_of(client, "/live?id=nobody", "events") == {}
    assert len(await rows_of(client, "/live?id={}", "refused")) == 3


async def test_docs_lead_through_the_api_without_a_script(client: Client) -> None:
    async with client.get("/docs") as answer:
        text = await answer.text()
    assert answer.status == 200
    for sheet in SHEETS:
        assert f"<code>/api/v1{sheet.path}</code>" in text
    assert "<script>" not in text


EXAMPLES = 2
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


async def test_whatever_is_asked_is_answered_as_the_document_says(client: Client) -> None:
    """Schemathesis makes requests up from the document and compares the answers with it."""
    address = str(client.make_url("")).rstrip("/")
    session = client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value
    asked = await asyncio.to_thread(ask_everything, address, {"Cookie": f"{COOKIE}={session}"})
    assert asked > EXAMPLES * len(SHEETS)


def ask_everything(address: str, headers: dict[str, str]) -> int:
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", headers=headers)
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.endswith("/stream"):
            continue

        @settings(max_examples=EXAMPLES, phases=[Phase.generate], database=None)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
    return asked
