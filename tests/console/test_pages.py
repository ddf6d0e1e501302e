"""The pages over HTTP, over a real store."""

import asyncio
import csv
import io
import socket
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from console.origins import ORIGINS
from console.trading_day import trading_day
from producers.clock import Clock, write_clock
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.patience import PATIENCE_SECONDS
from tests.support_console.serving import as_reader, console_client, log_in, settings
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

QUOTED = "Lou's \\"
WHY = "/api/v1/why?metric=revenue&since=2026-05-04T14:05:00Z"


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    client = connect(clickhouse)
    shop, now = Shop(client), datetime.now(UTC)
    sellers = shop.stores
    shop.stores = [*sellers, (QUOTED, "Lou", "pos")]  # it has sold nothing
    shop.open_stores()
    shop.stores = sellers
    shop.insert_scores(
        [shop.score_row(now - timedelta(minutes=5), payment_id="p-first", amount_minor=18_420, score=0.82)]
    )
    evil = shop.score_row(now, payment_id="p-evil") | {"store_id": "<img src=x onerror=alert(1)>"}
    shop.insert_scores([evil])
    shop.signs_of_life(now)
    client.close()
    return as_reader(clickhouse)


@pytest.mark.parametrize("path", ["/", "/unknown"])
async def test_pages_lead_to_the_login_first(store: ClickHouseSettings, path: str) -> None:
    async with (
        console_client(store, logged_in=False) as client,
        client.get(path, allow_redirects=False) as answer,
    ):
        assert answer.status == 303
        assert answer.headers["Location"] == "/login"


@pytest.mark.parametrize("path", ["/api/v1/now", "/api/v1/now/stream"])
async def test_api_refuses_strangers(store: ClickHouseSettings, path: str) -> None:
    async with console_client(store, logged_in=False) as client, client.get(path) as answer:
        assert answer.status == 401
        assert answer.content_type == "application/problem+json"


async def test_wrong_password_is_refused_and_slowed_down(store: ClickHouseSettings) -> None:
    async with console_client(store, logged_in=False) as client:
        for _ in range(5):
            assert await log_in(client, "wrong") == 401
        assert await log_in(client, "wrong") == 429
        assert await log_in(client) == 429
        async with client.get("/api/v1/now") as answer:
            assert answer.status == 401


async def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(store: ClickHouseSettings) -> None:
    async with console_client(store, logged_in=False) as client:
        form = {"user": "tillwatch", "password": "right-and-long"}
        async with client.post("/login", data=form, allow_redirects=False) as answer:
            cookie = SimpleCookie(answer.headers["Set-Cookie"])["tillwatch_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


async def test_logging_out_ends_the_session(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.post("/logout") as answer:
            assert answer.url.path == "/login"
        async with client.get("/api/v1/now") as answer:
            assert answer.status == 401


async def test_another_site_may_not_post(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.post("/logout", headers={"Origin": "https://evil.example"}) as answer:
            assert answer.status == 403
        async with client.get("/api/v1/now") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/now", "/static/style.css", "/static/none"])
async def test_every_answer_carries_the_policy(store: ClickHouseSettings, path: str) -> None:
    async with console_client(store) as client, client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "aiohttp" not in answer.headers["Server"]


async def test_page_is_complete_without_a_script(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/") as answer:
        text = await answer.text()
    assert 'data-payment-id="p-first"' in text
    assert "€184.20" in text
    assert ".820" in text
    assert "review" in text
    assert "Revenue today" in text
    assert " style=" not in text
    assert "<script>" not in text


async def test_what_came_with_a_payment_stays_text(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/") as answer:
        text = await answer.text()
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


async def test_json_has_figures_as_numbers_and_as_text(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/api/v1/now") as answer:
        now = await answer.json()
    assert now["state"] in {"live", "stale"}  # it may have taken more than 10 s to come so far
    assert [tile["key"] for tile in now["tiles"]] == [
        "orders", "basket", "conversion", "refunds", "declined", "review",
    ]  # fmt: skip
    first = next(row for row in now["latest"] if row["payment_id"] == "p-first")
    assert (first["amount"], first["score_value"], first["decision"]) == ("€184.20", 0.82, "review")
    assert first["model_version"]
    assert first["reasons"]
    assert set(now["notes"]) == {
        "day", "rail", "tiles", "store_wall", "stores", "latest", "funnel", "running_out", "pipeline",
    }  # fmt: skip


async def test_figure_has_its_rows_and_a_query_that_runs_as_it_is(
    store: ClickHouseSettings, tmp_path: Path
) -> None:
    clock, now = tmp_path / "clock.json", datetime.now(UTC)
    still = Clock(phase="live", progress=1, anchor_wall=now, anchor_simulated=now, speed=0)
    write_clock(clock, still)
    chosen = {"store": QUOTED, "channel": "pos"}
    reader = connect(store)
    async with console_client(store, clock_file=clock) as client:
        for name, query in [*((name, {}) for name in ORIGINS), ("orders", chosen), ("conversion", chosen)]:
            async with client.get(f"/api/v1/now/figures/{name}", params=query) as answer:
                told = await answer.json()
            async with client.get(f"/api/v1/now/figures/{name}.csv", params=query) as answer:
                rows = list(csv.DictReader(io.StringIO(await answer.text())))
            found = list(reader.query(told["query"], tz_mode="aware").named_results())
            assert bool(found) is (name != "conversion" and not query)  # nobody has clicked
            wanted = [{column: as_csv(row[column]) for column in rows[0]} for row in found]
            assert [{name: FLAGS.get(value, value) for name, value in row.items()} for row in rows] == wanted
        async with client.get("/api/v1/now") as answer:
            tiles = {tile["key"]: tile["text"] for tile in (await answer.json())["tiles"]}
        async with client.get("/api/v1/now/figures/orders.csv") as answer:
            rows = list(csv.DictReader(io.StringIO(await answer.text())))
        async with client.get("/api/v1/now/figures/profit") as answer:
            assert answer.status == 404
            assert "there are revenue, day, orders" in (await answer.json())["detail"]
    reader.close()
    midnight = trading_day(now, now, settings().zone).start
    finished = [
        int(row["orders"])
        for row in rows
        if (row["period"], row["finished"]) == ("today", "True")
        and datetime.fromisoformat(row["bucket"]) >= midnight
    ]
    assert tiles["orders"] == str(sum(finished))


FLAGS = {"False": "0", "True": "1"}
"""The store has no truth values of its own in an expression."""


def as_csv(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def test_loading_history_says_how_far_it_is(store: ClickHouseSettings, tmp_path: Path) -> None:
    moment = datetime.now(UTC) - timedelta(days=1)
    clock = Clock(
        phase="history", progress=0.43, anchor_wall=datetime.now(UTC), anchor_simulated=moment, speed=0
    )
    write_clock(tmp_path / "clock.json", clock)
    async with (
        console_client(store, clock_file=tmp_path / "clock.json") as client,
        client.get("/api/v1/now") as answer,
    ):
        now = await answer.json()
    assert now["status"]["sentence"] == "Loading the history: 43 %. Figures are complete when it ends."
    assert now["clock"]["simulated"]


@pytest.mark.parametrize(
    "path", ["/?store=nope", "/stores?region=nope", "/stock?store=nope", "/goods?region=nope"]
)
async def test_part_that_does_not_exist_is_said_and_the_whole_is_shown(
    store: ClickHouseSettings, path: str
) -> None:
    async with console_client(store) as client:
        async with client.get(path) as answer:
            text, status = await answer.text(), answer.status
        api = path.replace("/?", "/now?") if path.startswith("/?") else path
        async with client.get(f"/api/v1{api}") as refused:
            problem = await refused.json()
    assert (status, problem["status"]) == (400, 400)
    assert problem["detail"] in text
    assert "nope." in problem["detail"]
    assert 'data-query=""' in text  # what the script asks for


async def test_address_that_leads_nowhere_is_named(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.get("/nowhere%3Cimg%3E") as answer:
            text = await answer.text()
            assert answer.status == 404
            assert "Nothing is at /nowhere&lt;img&gt;." in text
            assert '<a href="/alerts">' in text
        async with client.get("/api/v1/nothing") as answer:
            assert answer.status == 404
            assert answer.content_type == "application/problem+json"
            assert "/api/v1/nothing" in (await answer.json())["detail"]


async def test_page_answers_while_the_store_is_absent(store: ClickHouseSettings) -> None:
    absent = store.model_copy(update={"port": 1})
    async with console_client(absent) as client, client.get("/") as answer:
        text = await answer.text()
    assert "ClickHouse at 127.0.0.1:1 does not answer." in text
    assert "Waiting since" in text
    assert "€0" not in text


@pytest.mark.parametrize(
    "path", ["/", "/alerts", "/goods", "/review", "/pipeline/dead-letters", "/api/v1/rules", WHY]
)
async def test_page_answers_while_the_store_takes_connections_and_says_nothing(
    store: ClickHouseSettings, path: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = hung.getsockname()[1]
        silent = store.model_copy(update={"port": port, "answer_seconds": 1})
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            console_client(silent) as client,
            client.get(path) as answer,
        ):
            text = await answer.text()
    assert f"ClickHouse at 127.0.0.1:{port} does not answer" in text
