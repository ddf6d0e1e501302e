"""Answers: over HTTP, into a real Kafka, checked against what stands in a real store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from console.security import SESSIONS
from console.sessions import COOKIE
from schemas.answer import Answer
from schemas.identifiers import uuid7
from schemas.topics import ANSWERS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import read_topic
from tests.support_console.alerts import alert, payments, write
from tests.support_console.serving import as_reader, console_client

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
STANDING = {"answer_id": uuid7(NOW), "verdict": "genuine", "by": "anna", "at": NOW - timedelta(minutes=1)}
WITHDRAWN = STANDING | {"answer_id": uuid7(NOW), "verdict": "withdrawn"}

Client = TestClient[Request, Application]


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    client = connect(clickhouse)
    spree: dict[str, Any] = {"kind": "card_spree", "payments": payments(3, NOW)}
    names = ("twice", "both", "undo", "form", "away", "business")
    write(
        client,
        "alerts",
        [
            *(alert(name, NOW, **spree) for name in names[:-1]),
            alert("business", NOW, kind="source_silent"),
            alert("stands", NOW, **spree, answer=STANDING),
            alert("withdrawn", NOW, **spree, answer=WITHDRAWN),
        ],
    )
    client.close()
    return as_reader(clickhouse)


@asynccontextmanager
async def answer(
    client: Client, alert_id: str, by: str = "ben", **body: Any
) -> AsyncIterator[ClientResponse]:
    """Answer as somebody who is logged in."""
    assert client.app is not None
    token = client.app[SESSIONS].issue(by, datetime.now(UTC).timestamp())
    path = f"/api/v1/alerts/{alert_id}/answer"
    async with client.post(path, json=body, cookies={COOKIE: token}) as response:
        yield response


async def status(client: Client, alert_id: str, by: str = "ben", **body: Any) -> int:
    async with answer(client, alert_id, by, **body) as response:
        return response.status


def published(kafka: str, alert_id: str) -> list[Answer]:
    """What Kafka has of an alert's answers, in order."""
    found = [one for one in read_topic(kafka, ANSWERS, Answer) if one.alert_id == alert_id]
    return sorted(found, key=lambda one: one.answer_id)


async def test_answer_is_kept_when_the_console_says_so(store: ClickHouseSettings, kafka_topics: str) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        async with answer(client, "business", verdict="real") as response:
            assert response.status == 202
            answer_id = UUID((await response.json())["answer_id"])
        (kept,) = published(kafka_topics, "business")
    assert (kept.answer_id, kept.verdict, kept.by, kept.replaces) == (answer_id, "real", "ben", None)


async def test_same_answer_twice_is_one_answer(store: ClickHouseSettings, kafka_topics: str) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        said = []
        for _ in range(2):
            async with answer(client, "twice", verdict="fraud") as response:
                said.append((response.status, await response.json()))
    assert said[0] == said[1]
    assert len(published(kafka_topics, "twice")) == 1


async def test_of_two_people_the_second_is_asked(store: ClickHouseSettings, kafka_topics: str) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        outcomes = await asyncio.gather(
            status(client, "both", "anna", verdict="fraud"), status(client, "both", "ben", verdict="genuine")
        )
        assert sorted(outcomes) == [202, 409]
        (kept,) = published(kafka_topics, "both")
        second = "ben" if kept.by == "anna" else "anna"
        async with answer(client, "both", second, verdict="genuine") as response:
            said = await response.json()
        assert said["standing"]["answer_id"] == str(kept.answer_id)
        assert f"{kept.by} answered" in said["detail"]
        assert await status(client, "both", second, verdict="genuine", override=True) == 202
    assert [one.replaces for one in published(kafka_topics, "both")] == [None, kept.answer_id]


async def test_contradiction_is_refused_unless_it_names_what_it_replaces(
    store: ClickHouseSettings, kafka_topics: str
) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        async with answer(client, "stands", verdict="fraud") as response:
            assert response.status == 409
            assert "anna answered Genuine at" in (await response.json())["detail"]
        assert await status(client, "stands", verdict="fraud", replaces=str(uuid7(NOW))) == 409
        assert await status(client, "stands", verdict="fraud", replaces=str(STANDING["answer_id"])) == 202
    (kept,) = published(kafka_topics, "stands")
    assert kept.replaces == STANDING["answer_id"]


async def test_undo_takes_back_what_was_just_said(store: ClickHouseSettings, kafka_topics: str) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        async with answer(client, "undo", verdict="fraud") as response:
            first = (await response.json())["answer_id"]
        assert await status(client, "undo", verdict="withdrawn", replaces=first) == 202
        assert await status(client, "undo", verdict="genuine") == 202
    kept = published(kafka_topics, "undo")
    assert [one.verdict for one in kept] == ["fraud", "withdrawn", "genuine"]
    assert [one.replaces for one in kept] == [None, kept[0].answer_id, kept[1].answer_id]


async def test_after_a_withdrawal_anybody_may_answer(store: ClickHouseSettings, kafka_topics: str) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        assert await status(client, "withdrawn", verdict="fraud") == 202
    assert published(kafka_topics, "withdrawn")[0].replaces == WITHDRAWN["answer_id"]


@pytest.mark.parametrize(
    ("alert_id", "body", "expected", "says"),
    [
        ("none-such", {"verdict": "fraud"}, 404, "There is no alert none-such"),
        ("business", {"verdict": "fraud"}, 422, "answered with real or false_alarm, not fraud"),
        ("twice", {"verdict": "real"}, 422, "answered with fraud or genuine, not real"),
        ("twice", {"verdict": "withdrawn"}, 422, "no answer to take back"),
        ("twice", {"verdict": "maybe"}, 422, "verdict"),
        ("twice", {"verdict": "fraud", "replaces": "x"}, 422, "replaces"),
        ("twice", {"verdict": "fraud", "more": 1}, 422, "more"),
        ("twice", {}, 422, "verdict"),
    ],
)
async def test_what_does_not_fit_is_refused_with_the_reason(
    store: ClickHouseSettings, alert_id: str, body: dict[str, Any], expected: int, says: str
) -> None:
    async with console_client(store) as client, answer(client, alert_id, **body) as response:
        assert response.status == expected
        assert response.content_type == "application/problem+json"
        assert says in (await response.json())["detail"]


async def test_strangers_other_sites_and_forms_are_refused(store: ClickHouseSettings) -> None:
    path = "/api/v1/alerts/twice/answer"
    async with (
        console_client(store, logged_in=False) as client,
        client.post(path, json={"verdict": "fraud"}) as response,
    ):
        assert response.status == 401
    async with console_client(store) as client:
        elsewhere = {"Origin": "https://evil.example"}
        async with client.post(path, json={"verdict": "fraud"}, headers=elsewhere) as response:
            assert response.status == 403
        async with client.post(path, data={"verdict": "fraud"}) as response:
            assert response.status == 415


async def test_kafka_that_is_away_is_said_and_nothing_stands(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        for _ in range(2):  # nothing is remembered as given
            async with answer(client, "away", verdict="fraud") as response:
                assert response.status == 503
                assert "did not acknowledge the answer" in (await response.json())["detail"]


async def test_form_works_without_a_script(store: ClickHouseSettings, kafka_topics: str) -> None:
    async with console_client(store, kafka=kafka_topics) as client:
        async with client.post("/alerts/form/answer?state=all", data={"verdict": "fraud"}) as response:
            assert response.url.path == "/alerts/form"
            assert "Sent and kept. Learning…" in await response.text()
        form = {"verdict": "fraud"}
        async with client.post("/alerts/stands/answer", data=form) as response:
            assert response.status == 409
            text = await response.text()
            assert "anna answered Genuine at" in text
            assert "Override: Fraud" in text
        async with client.post("/alerts/stands/answer?override=true", data=form) as response:
            assert response.status == 200
    assert len(published(kafka_topics, "form")) == 1
    assert published(kafka_topics, "stands")[0].replaces == STANDING["answer_id"]
