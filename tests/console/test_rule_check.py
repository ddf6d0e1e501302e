"""Rules are tried on the past from a page, and from a program; nothing is published."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import as_reader, console_client
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

PATH = "/rules-and-lists/check"
RULES = """rules:
  - name: dear
    when: amount_minor > 10000
    action: review
    owner: dana
    why: dear payments
  - name: never
    when: amount_minor > 10000000
    action: decline
    owner: dana
    why: nobody pays so much
"""


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    """Ten dear payments of nine days ago, six of them called fraud, ten cheap ones, and one of just now."""
    client, now = connect(clickhouse), datetime.now(UTC)
    shop, labels = Shop(client), []
    rows = [shop.score_row(now, payment_id="p-now", amount_minor=100, score=0.1)]
    for number in range(20):
        moment = now - timedelta(days=9, minutes=number)
        amount = 20_000 if number < 10 else 500
        row = shop.score_row(moment, payment_id=f"p-{number}", amount_minor=amount, score=0.1)
        rows.append(row)
        verdict = "fraud" if number < 6 else "genuine"
        labels.append([row["event_id"], row["terminal_id"], moment, now, verdict, "analyst", now])
    shop.insert_scores(rows)
    names = "event_id terminal_id occurred_at known_at verdict said_by received_at"
    client.insert("labels", labels, column_names=names.split())
    client.close()
    return as_reader(clickhouse)


@pytest.fixture
async def client(store: ClickHouseSettings) -> AsyncIterator[TestClient[Request, Application]]:
    async with console_client(store) as client:
        yield client


async def test_each_rule_says_what_it_would_have_done(client: TestClient[Request, Application]) -> None:
    async with client.post(f"/api/v1{PATH}", json={"rules": RULES, "days": 28}) as answer:
        found = await answer.json()
        assert answer.status == 200
    dear, never = (row["cells"] for row in found["table"]["rows"])
    assert found["payments"] == 21
    assert dear["labelled"] == 10
    assert dear["precision"] == pytest.approx(0.6)
    assert dear["caught"] == 6 * 20_000
    assert dear["hits"] == pytest.approx(10 / 28, abs=0.01)
    assert (never["hits"], never["precision"]) == (0, None)


async def test_the_page_shows_it_and_keeps_what_was_typed(client: TestClient[Request, Application]) -> None:
    async with client.get(PATH) as answer:
        assert "<textarea" in await answer.text()
    async with client.post(
        PATH, data={"rules": RULES.replace("dear payments", "</textarea><b>"), "days": "28"}
    ) as it:
        text = await it.text()
        assert it.status == 200
    assert "21 payments of 28 days" in text
    assert "60 %" in text
    assert "&lt;/textarea&gt;&lt;b&gt;" in text
    assert "</textarea><b>" not in text


@pytest.mark.parametrize(
    ("rules", "days", "says"),
    [
        (RULES.replace("amount_minor > 10000\n", "amount_mino > 10000\n"), 1, "line 3"),
        (RULES.replace("amount_minor > 10000\n", "1 IN (SELECT 1)\n"), 1, "line 3"),
        ("rules: !!python/object:os.system", 1, "line 1"),
        (RULES, 0, "days"),
        (RULES, 29, "days"),
        ("", 1, "rules"),
    ],
)
async def test_what_cannot_be_tried_says_why(
    client: TestClient[Request, Application], rules: str, days: int, says: str
) -> None:
    async with client.post(f"/api/v1{PATH}", json={"rules": rules, "days": days}) as answer:
        assert answer.status == 422
        assert says in (await answer.json())["detail"]
    async with client.post(PATH, data={"rules": rules, "days": str(days)}) as answer:
        assert answer.status == 422
        assert says in await answer.text()


async def test_a_store_without_payments_or_away_is_said_to_be_so(store: ClickHouseSettings) -> None:
    async with (
        console_client(store.model_copy(update={"port": 1})) as client,
        client.post(f"/api/v1{PATH}", json={"rules": RULES}) as answer,
    ):
        assert answer.status == 503
