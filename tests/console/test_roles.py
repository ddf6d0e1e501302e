"""Who only looks: masked, and able to change nothing. Programs with a token read the API and no more."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from markupsafe import escape
from pydantic import ValidationError

from console.server import create_app
from schemas.alert_action import AlertAction
from schemas.errors import Stop
from schemas.settings import KafkaSettings
from schemas.topics import ALERT_ACTIONS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import read_topic
from tests.support_console.alerts import alert, payments, write
from tests.support_console.decisions import write_customer
from tests.support_console.serving import as_reader, console_client, log_in, settings
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

TOKEN = "a-token-of-some-length"
ROLES = {"viewer_password": "only-looking", "read_tokens": f"grafana={TOKEN}"}
CARD, CUSTOMER = 'card-"of-somebody"-0815', "customer-<of>-4711"
NEARBY = "customer-nearby-1234"
"""Paid with the same card: in no alert, but around one."""
PLACE = "store-03"
NOWS = ("/", "/api/v1/now", f"/stores/{PLACE}", f"/api/v1/stores/{PLACE}")
ALERTS = ("/alerts", "/alerts/spree-1", "/api/v1/alerts", "/api/v1/alerts/spree-1")
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    client = connect(clickhouse)
    shop = Shop(client)
    shop.open_stores()
    write_customer(shop, datetime.now(UTC))
    shop.signs_of_life(datetime.now(UTC))
    paid = tuple(one.model_copy(update={"customer_id": CUSTOMER}) for one in payments(2, datetime.now(UTC)))
    spree = alert(
        "spree-1", datetime.now(UTC), kind="card_spree", entity_type="card", entity=CARD,
        store_id=PLACE, payments=paid,
        sentence=f"{CARD} is used by somebody else.",
    )  # fmt: skip
    write(client, "alerts", [spree])
    shop.insert_scores([shop.score_row(datetime.now(UTC)) | {"card_id": CARD, "customer_id": NEARBY}])
    client.close()
    return as_reader(clickhouse)


@pytest.fixture
async def viewer(store: ClickHouseSettings) -> AsyncIterator[TestClient[Request, Application]]:
    async with console_client(store, logged_in=False, **ROLES) as client:
        assert await log_in(client, "only-looking", user="viewer") == 303
        yield client


@pytest.fixture
async def stranger(store: ClickHouseSettings) -> AsyncIterator[TestClient[Request, Application]]:
    async with console_client(store, logged_in=False, **ROLES) as client:
        yield client


async def test_who_only_looks_sees_ids_cut_and_no_single_person(
    viewer: TestClient[Request, Application], store: ClickHouseSettings
) -> None:
    for path in ("/customers", "/api/v1/customers"):
        async with viewer.get(path) as answer:
            text = await answer.text()
            assert answer.status == 200
        assert "tok-watched" not in text
        assert "…ed-0" in text
        assert "/customers/c-" not in text
    for path in ("/customers/c-watched", "/api/v1/customers/c-watched", "/api/v1/customers/c-watched/stream"):
        async with viewer.get(path) as answer:
            assert answer.status == 403
            assert "does not see single people" in await answer.text()
    async with console_client(store) as operator, operator.get("/customers/c-watched") as answer:
        assert "tok-watched-0" in await answer.text()


def named(text: str) -> set[str]:
    """Whom a page or JSON names, however it is written there."""
    return {
        one
        for one in (CARD, CUSTOMER, NEARBY)
        if any(form in text for form in (one, str(escape(one)), json.dumps(one)[1:-1], quote(one, safe="")))
    }


async def test_alerts_name_nobody_to_who_only_looks(
    viewer: TestClient[Request, Application], stranger: TestClient[Request, Application]
) -> None:
    for path in (*ALERTS, *NOWS):
        async with viewer.get(path) as answer:
            text = await answer.text()
            assert answer.status == 200
        assert not named(text)
        assert "…0815 is used by somebody else" in text
    for path in ("/api/v1/alerts/stream?alert=spree-1", "/api/v1/now/stream"):
        async with viewer.get(path) as stream:
            while not (line := await stream.content.readline()).startswith(b"data: {"):
                pass
        assert not named(line.decode())
    async with stranger.get("/api/v1/alerts/spree-1", headers=BEARER) as answer:
        assert not named(await answer.text())


async def test_alerts_name_everybody_to_who_acts(store: ClickHouseSettings) -> None:
    async with console_client(store) as operator:
        for path in NOWS:
            async with operator.get(path) as answer:
                assert named(await answer.text()) == {CARD}
        for path in ALERTS:
            async with operator.get(path) as answer:
                whom = {CARD, CUSTOMER} if "spree-1" in path else {CARD}
                whom |= {NEARBY} if path == "/alerts/spree-1" else set()
                assert named(await answer.text()) == whom


async def test_who_only_looks_is_offered_no_answer_changes_nothing_and_may_leave(
    viewer: TestClient[Request, Application], store: ClickHouseSettings
) -> None:
    async with viewer.get("/alerts") as answer:
        assert "Your role only looks: answers and actions are for operators." in await answer.text()
    async with console_client(store) as operator, operator.get("/alerts") as answer:
        assert "data-only-looks" not in await answer.text()
    for path in ("/review", "/alerts/a/answer", "/api/v1/alerts/a/answer"):
        async with viewer.post(path, data={"verdict": "fraud"}) as answer:
            assert answer.status == 403
    async with viewer.post("/logout") as answer:
        assert answer.url.path == "/login"


async def test_one_person_is_shown_with_a_reason_that_is_written_down(
    store: ClickHouseSettings, clickhouse: ClickHouseSettings, kafka_topics: str
) -> None:
    path, why = "/alerts/spree-1", "The cardholder is on the phone."
    async with console_client(
        store, logged_in=False, kafka=kafka_topics, viewer_may_unmask=True, **ROLES
    ) as viewer:
        assert await log_in(viewer, "only-looking", user="viewer") == 303
        async with viewer.get(path) as answer:
            text = await answer.text()
        assert f'action="{path}/unmask"' in text
        async with viewer.post(f"{path}/unmask", data={"reason": " "}) as answer:
            assert answer.status == 422
            assert not named(await answer.text())
        async with viewer.post(f"{path}/unmask", data={"reason": why}) as answer:
            assert answer.url.path == path
            assert named(await answer.text()) == {CARD}
        for other in ("/alerts", "/api/v1/alerts/spree-1"):
            async with viewer.get(other) as answer:
                assert not named(await answer.text())
        async with viewer.get("/api/v1/alerts/stream?alert=spree-1") as stream:
            while not (line := await stream.content.readline()).startswith(b"data: {"):
                pass
        assert named(line.decode()) == {CARD}
        viewer.session.cookie_jar.clear()  # another login of the same user
        assert await log_in(viewer, "only-looking", user="viewer") == 303
        async with viewer.get(path) as answer:
            assert not named(await answer.text())
    (kept,) = read_topic(kafka_topics, ALERT_ACTIONS, AlertAction)
    assert (kept.action, kept.alert_id, kept.by, kept.text) == ("unmask", "spree-1", "viewer", why)
    client = connect(clickhouse)
    write(client, "alert-actions", [kept])
    client.close()
    async with console_client(store) as operator:
        for told, says in (("/customers", why), (path, f"viewer was shown whose it is: {why}")):
            async with operator.get(told) as answer:
                assert says in await answer.text()
        async with operator.post("/api/v1/alerts/spree-1/actions", json={"action": "unmask"}) as answer:
            assert answer.status == 422
        async with operator.post(f"{path}/unmask", data={"reason": why}) as answer:
            assert answer.status == 403


async def test_nobody_is_shown_where_the_role_may_not(viewer: TestClient[Request, Application]) -> None:
    async with viewer.get("/alerts/spree-1") as answer:
        assert 'action="/alerts/spree-1/unmask"' not in await answer.text()
    async with viewer.post("/alerts/spree-1/unmask", data={"reason": "I want to know."}) as answer:
        assert answer.status == 403


async def test_a_token_reads_the_api_and_opens_no_page(stranger: TestClient[Request, Application]) -> None:
    async with stranger.get("/api/v1/pipeline", headers=BEARER) as answer:
        assert answer.status == 200
    async with stranger.get("/api/v1/customers", headers=BEARER) as answer:
        assert "tok-watched" not in await answer.text()
    async with stranger.get("/pipeline", headers=BEARER, allow_redirects=False) as answer:
        assert answer.status == 303
    async with stranger.post("/api/v1/alerts/a/answer", headers=BEARER, json={"verdict": "fraud"}) as answer:
        assert answer.status == 403
    for path in ("now", "alerts", "pipeline"):
        async with stranger.get(f"/api/v1/{path}/stream", headers=BEARER) as answer:
            await answer.content.readuntil(b"\n\n")  # how soon to come again
            assert b"event: logged-out" not in await answer.content.readuntil(b"\n")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer no-such-token-at-all", f"Basic x{TOKEN}", TOKEN])
async def test_other_tokens_are_refused(stranger: TestClient[Request, Application], header: str) -> None:
    async with stranger.get("/api/v1/pipeline", headers={"Authorization": header}) as answer:
        assert answer.status == 401


async def test_a_wrong_password_of_who_only_looks_is_refused(
    stranger: TestClient[Request, Application],
) -> None:
    assert await log_in(stranger, "right-and-long", user="viewer") == 401


def test_two_users_of_one_name_and_short_tokens_are_refused(store: ClickHouseSettings) -> None:
    with pytest.raises(ValidationError, match="different names"):
        settings(viewer="tillwatch", viewer_password="only-looking")
    with pytest.raises(Stop, match="TILLWATCH_CONSOLE_READ_TOKENS: entry 1 has a key under"):
        create_app(settings(read_tokens="a=short"), store, KafkaSettings(bootstrap_servers="127.0.0.1:1"))
