"""Alerts from a real Kafka to a real server that does not behave."""

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web
from typer.testing import CliRunner

from schemas.topics import ALERTS, CAUSES
from tests.support.alert_records import alert_record
from tests.support.causes_records import causes_record
from tests.support.command import Command, running
from tests.support.patience import until
from tests.support.topic_log import committed, send, wait_until_committed
from tillwatch.commands.alerts import alerts

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[3]
SECRET = "a-secret-of-this-test"
GROUP = "tillwatch-webhook"
READS = "webhook reads"
Answer = Callable[[dict[str, Any]], "web.Response | None"]


class Receiver:
    """A server that notes every delivery and answers as the test says; None = never."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.deliveries: list[tuple[dict[str, str], bytes]] = []
        self.taken: list[tuple[str, str]] = []
        """Topic and alert of what was answered with 204, in order."""
        self.address = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.deliveries.append((dict(request.headers), body))
        record = json.loads(body)
        answer = self.answer(record)
        if answer is None:
            await asyncio.Event().wait()
        assert answer is not None
        if answer.status == 204:
            self.taken.append((request.headers["Tillwatch-Topic"], record["alert_id"]))
        return answer

    def counts(self, alert_id: str) -> list[int]:
        """The states of an alert that came, by their count, in order."""
        alerts = [json.loads(body) for _, body in self.deliveries]
        return [alert["count"] for alert in alerts if alert["alert_id"] == alert_id]

    async def until(self, condition: Callable[[], bool]) -> None:
        await until(condition, lambda: self.deliveries)


@asynccontextmanager
async def receiving(answer: Answer) -> AsyncIterator[Receiver]:
    receiver = Receiver(answer)
    app = web.Application()
    app.router.add_post("/in/s3cret", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.address = f"http://127.0.0.1:{runner.addresses[0][1]}/in/s3cret"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def webhook(kafka: str, folder: Path, address: str) -> AbstractContextManager[Command]:
    return running(
        ["tillwatch", "alerts", "webhook"], kafka, folder,
        TILLWATCH_WEBHOOK_URL=address,
        TILLWATCH_WEBHOOK_SECRET=SECRET,
        TILLWATCH_WEBHOOK_SET_ASIDE_FILE=str(folder / "aside.jsonl"),
        TILLWATCH_WEBHOOK_TIMEOUT_SECONDS="0.3",
        TILLWATCH_WEBHOOK_FIRST_BACKOFF_SECONDS="0.01",
        TILLWATCH_WEBHOOK_LONGEST_BACKOFF_SECONDS="0.1",
        TILLWATCH_WEBHOOK_SESSION_TIMEOUT_SECONDS="2",
    )  # fmt: skip


def example(name: str) -> ModuleType:
    """Load an example as its reader would run it."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_an_alert_arrives_whatever_the_receiver_does_first(kafka_topics: str, tmp_path: Path) -> None:
    """It hangs, sends us round in circles, fails, asks for patience; then it takes the alert, signed."""
    script: list[web.Response | None] = [
        None,
        web.Response(status=302, headers={"Location": "/in/s3cret"}),
        web.Response(status=500),
        web.Response(status=429, headers={"Retry-After": "0"}),
        web.Response(status=204),
    ]
    async with receiving(lambda _: script[len(receiver.deliveries) - 1]) as receiver:
        with webhook(kafka_topics, tmp_path, receiver.address) as command:
            await asyncio.to_thread(command.wait_until_said, READS)
            alert = alert_record("a")
            await asyncio.to_thread(send, kafka_topics, ALERTS, [alert])
            await asyncio.to_thread(wait_until_committed, kafka_topics, GROUP, ALERTS)
            assert await asyncio.to_thread(command.stop) == 0
    assert len(receiver.deliveries) == len(script)
    assert {body for _, body in receiver.deliveries} == {alert.model_dump_json().encode()}
    assert len({headers["Tillwatch-Delivery"] for headers, _ in receiver.deliveries}) == 1
    check = example("webhook_receiver").is_genuine
    for headers, body in receiver.deliveries:
        signed_at = int(headers["Tillwatch-Timestamp"])
        assert headers["Content-Type"] == "application/json"
        assert check(SECRET.encode(), headers, body, signed_at + 300)
        assert not check(SECRET.encode(), headers, body, signed_at + 301)
        assert not check(SECRET.encode(), headers, body + b" ", signed_at)
        assert not check(b"another secret", headers, body, signed_at)
        assert not check(SECRET.encode(), headers | {"Tillwatch-Timestamp": "0"}, body, 0)
    assert not check(SECRET.encode(), {}, b"{}", 0)
    said = command.said
    for reason in ("no answer within 0.3 s", "answered 302, a redirect", "answered 500", "answered 429"):
        assert reason in said
    assert "webhook delivers again" in said
    assert SECRET not in said
    assert "s3cret" not in said


async def test_nothing_is_lost_when_it_dies_and_only_the_newest_state_is_posted(
    kafka_topics: str, tmp_path: Path
) -> None:
    """What was raised before the first start is not posted; one alert that fails holds up no other."""
    failing = True

    def answer(alert: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if failing and alert["alert_id"] == "a" else 204)

    def update(alert_id: str, count: int) -> None:
        send(kafka_topics, ALERTS, [alert_record(alert_id, count=count)], partition=0)

    update("old", 1)
    async with receiving(answer) as receiver:
        with webhook(kafka_topics, tmp_path, receiver.address) as command:
            await asyncio.to_thread(command.wait_until_said, READS)
            for alert_id, count in (("a", 1), ("a", 2), ("b", 1), ("a", 3)):
                await asyncio.to_thread(update, alert_id, count)
            await receiver.until(lambda: 3 in receiver.counts("a") and receiver.counts("b") == [1])
            assert committed(kafka_topics, GROUP, ALERTS) == 1
            await asyncio.to_thread(command.kill)
        seen = len(receiver.deliveries)
        with webhook(kafka_topics, tmp_path, receiver.address) as command:
            await receiver.until(lambda: len(receiver.deliveries) > seen + 1)
            failing = False
            await asyncio.to_thread(wait_until_committed, kafka_topics, GROUP, ALERTS)
            assert await asyncio.to_thread(command.stop) == 0
    assert receiver.counts("old") == []
    assert receiver.counts("b") == [1, 1]
    after = [json.loads(body)["count"] for _, body in receiver.deliveries[seen:] if b'"a"' in body]
    assert set(after) == {3}
    assert sorted(receiver.counts("a")) == receiver.counts("a")
    assert not (tmp_path / "aside.jsonl").read_bytes()


async def test_what_the_receiver_refuses_is_set_aside_and_the_rest_goes_on(
    kafka_topics: str, tmp_path: Path
) -> None:
    def answer(alert: dict[str, Any]) -> web.Response:
        return web.Response(status=410 if alert["alert_id"] == "gone" else 200)

    async with receiving(answer) as receiver:
        with webhook(kafka_topics, tmp_path, receiver.address) as command:
            await asyncio.to_thread(command.wait_until_said, READS)
            gone, taken = alert_record("gone"), alert_record("taken")
            await asyncio.to_thread(send, kafka_topics, ALERTS, [gone, taken], partition=2)
            await asyncio.to_thread(wait_until_committed, kafka_topics, GROUP, ALERTS)
            assert await asyncio.to_thread(command.stop) == 0
    assert [receiver.counts(alert.alert_id) for alert in (gone, taken)] == [[gone.count], [taken.count]]
    aside = tmp_path / "aside.jsonl"
    (line,) = [json.loads(text) for text in aside.read_text().splitlines()]
    assert (line["alert_id"], line["reason"]) == ("gone", "answered 410")
    assert line["record"] == gone.model_dump_json()
    assert aside.stat().st_mode & 0o077 == 0
    assert "alert set aside" in command.said


async def test_what_explains_an_alert_follows_it(kafka_topics: str, tmp_path: Path) -> None:
    """As it stands in the topic; an alert that fails holds back what explains it, and nothing else."""
    failing = True

    def answer(record: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if failing and record.get("alert_id") == "a" else 204)

    whys = [causes_record(alert_id) for alert_id in ("a", "b")]
    async with receiving(answer) as receiver:
        with webhook(kafka_topics, tmp_path, receiver.address) as command:
            await asyncio.to_thread(command.wait_until_said, READS)
            await asyncio.to_thread(send, kafka_topics, ALERTS, map(alert_record, "ab"), 1)
            await asyncio.to_thread(send, kafka_topics, CAUSES, whys, 1)
            await receiver.until(lambda: len(receiver.taken) == 2)
            assert receiver.taken == [("alerts", "b"), ("causes", "b")]
            failing = False
            for topic in (ALERTS, CAUSES):
                await asyncio.to_thread(wait_until_committed, kafka_topics, GROUP, topic)
            assert await asyncio.to_thread(command.stop) == 0
    assert receiver.taken[2:] == [("alerts", "a"), ("causes", "a")]
    sent = [body for headers, body in receiver.deliveries if headers["Tillwatch-Topic"] == "causes"]
    assert sent == [whys[1].model_dump_json().encode(), whys[0].model_dump_json().encode()]


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "TILLWATCH_WEBHOOK_SECRET: Field required"),
        ({"SECRET": "short", "URL": "https://hooks.example.org/"}, "TILLWATCH_WEBHOOK_SECRET: "),
        ({"SECRET": SECRET}, "must be https://HOST/"),
        ({"SECRET": SECRET, "URL": "http://hooks.example.org/s3cret"}, "plain HTTP"),
    ],
)
def test_bad_settings_end_the_command_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], reason: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"TILLWATCH_WEBHOOK_{name}", value)
    outcome = CliRunner().invoke(alerts, ["webhook"])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert not {"short", "s3cret", SECRET} & set(outcome.stderr.replace("/", " ").split())
