"""The wall: opened by a link alone, for looking alone, and gone when the link is revoked."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import as_reader, console_client
from tests.support_console.shop import Shop
from tests.support_console.watched import write_alert

pytestmark = pytest.mark.services

LINK = "entrance-hall-0123456789"
DEVICE = "device-of-somebody-4711"


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    client, now = connect(clickhouse), datetime.now(UTC)
    shop = Shop(client)
    shop.open_stores()
    shop.insert_scores([shop.score_row(now, payment_id="p-wall")])
    write_alert(
        client, "testing-1", now - timedelta(minutes=5), kind="card_testing", entity_type="device",
        entity=DEVICE, sentence=f"12 cards tried from device {DEVICE} in 3 min, usually 1.",
    )  # fmt: skip
    client.close()
    return as_reader(clickhouse)


@pytest.fixture
async def stranger(store: ClickHouseSettings) -> AsyncIterator[TestClient[Request, Application]]:
    async with console_client(store, logged_in=False, wall_links=f"entrance={LINK}") as client:
        yield client


async def test_link_opens_the_wall_with_nothing_to_leave_it_by_and_nobody_named(
    stranger: TestClient[Request, Application],
) -> None:
    async with stranger.get(f"/wall/{LINK}") as answer:
        page, status = await answer.text(), answer.status
    assert status == 200
    assert "<a " not in page
    assert "p-wall" not in page
    assert DEVICE not in page
    assert "…4711" in page
    async with stranger.get(f"/wall/{LINK}/stream") as stream:
        while not (line := await stream.content.readline()).startswith(b"data: {"):
            pass
    assert DEVICE.encode() not in line
    assert b"p-wall" not in line
    assert b"/alerts/" not in line
    assert b"/stores/" not in line
    assert b'{"store_id":"store-01","level":' in line


async def test_link_opens_nothing_else(stranger: TestClient[Request, Application]) -> None:
    for path in ("/api/v1/now", "/api/v1/alerts", "/"):
        headers = {"Authorization": f"Bearer {LINK}"}
        async with stranger.get(path, headers=headers, allow_redirects=False) as answer:
            assert answer.status in (401, 303)


async def test_link_that_was_revoked_or_never_made_is_refused(store: ClickHouseSettings) -> None:
    async with console_client(store, logged_in=False, wall_links="canteen=another-link-0123456789") as client:
        for path in (f"/wall/{LINK}", f"/wall/{LINK}/stream", "/wall/canteen", "/wall/x"):
            async with client.get(path) as answer:
                assert answer.status == 404
                assert "not known here" in await answer.text()


async def test_wall_of_a_store_that_does_not_exist_says_so(
    stranger: TestClient[Request, Application],
) -> None:
    for path in (f"/wall/{LINK}?store=nope", f"/wall/{LINK}/stream?store=nope"):
        async with stranger.get(path) as answer:
            assert answer.status == 404
            assert "There is no store nope." in await answer.text()
