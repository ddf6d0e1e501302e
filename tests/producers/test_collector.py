"""Events over real HTTP into a real Kafka."""

import asyncio
import json
import logging
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import ClientSession

from producers.ledger import read_ledgers
from schemas.context import Context
from schemas.topics import CONTEXT, MAX_RECORD_BYTES, TRANSACTIONS
from schemas.transaction import Transaction
from tests.support.collecting import (
    CARD,
    KEY,
    OTHER_KEY,
    PAYMENT,
    SIMULATED,
    Served,
)  # fmt: skip
from tests.support.command import Command, running
from tests.support.topic_log import read_topic
from tillwatch.stack.broker import running_broker


def environment(folder: Path) -> dict[str, str]:
    """Set up the command: any port, one key, a ledger."""
    return {
        "TILLWATCH_COLLECTOR_PORT": "0",
        "TILLWATCH_COLLECTOR_API_KEYS": f"pos-1={KEY}",
        "TILLWATCH_LEDGER_DIR": str(folder),
    }


async def address_of(command: Command) -> str:
    """Wait until the command listens, and give where."""
    await asyncio.to_thread(command.wait_until_said, "collector listens on http://")
    return command.said.split("listens on ")[1].split("/v1/")[0]


@pytest.mark.services
async def test_an_event_is_acknowledged_and_its_envelope_filled(served: Served) -> None:
    answers = [await served.post(PAYMENT) for _ in range(3)]
    stored = {event.seq: event for event in served.stored()}
    assert [status for status, _ in answers] == [202, 202, 202]
    assert [str(stored[seq].event_id) for seq in range(3)] == [answer["event_id"] for _, answer in answers]
    assert len({(event.source, event.run) for event in stored.values()}) == 1
    for event in stored.values():
        assert event.source == "pos-1"
        assert event.event_id.version == 7
        assert timedelta() <= event.occurred_at - SIMULATED < timedelta(minutes=20)
    assert read_ledgers(served.folder)["transactions"].amount == 3 * 1_990


@pytest.mark.services
async def test_fields_that_are_there_are_kept(served: Served) -> None:
    envelope = {
        "event_id": "0190a1b2-1234-7abc-8def-0123456789ab",
        "source": "pos-1",
        "run": "morning",
        "seq": 17,
        "occurred_at": "2026-10-20T12:00:00+02:00",
    }
    assert (await served.post(PAYMENT | envelope))[0] == 202
    (event,) = served.stored()
    assert event.event_id == UUID(str(envelope["event_id"]))
    assert (event.run, event.seq) == ("morning", 17)
    assert event.occurred_at == datetime(2026, 10, 20, 10, tzinfo=UTC)


@pytest.mark.services
async def test_each_source_is_numbered_on_its_own_without_gaps(served: Served) -> None:
    """What is refused takes no number, and neither does what the source has numbered itself."""
    own = PAYMENT | {"run": "own", "seq": 9}
    for key, event in [(KEY, PAYMENT), (KEY, {}), (KEY, own), (KEY, PAYMENT), (OTHER_KEY, PAYMENT)]:
        await served.post(event, Authorization=f"Bearer {key}")
    assert sorted((event.source, event.seq) for event in served.stored()) == [
        ("pos-1", 0), ("pos-1", 1), ("pos-1", 9), ("pos-2", 0),
    ]  # fmt: skip


@pytest.mark.services
async def test_concurrent_events_get_different_numbers(served: Served) -> None:
    answers = await asyncio.gather(*(served.post(PAYMENT) for _ in range(200)))
    assert {status for status, _ in answers} == {202}
    assert sorted(event.seq for event in served.stored()) == list(range(200))


@pytest.mark.services
@pytest.mark.parametrize(
    ("event", "status", "reason"),
    [
        (b"{", 400, "unexpected end"),
        (b"", 400, "character"),
        (b"[]", 400, "The list is empty"),
        (b"7", 400, "expected one JSON object"),
        (b"\xff\xfe", 400, "character"),
        (b'{"amount_minor": NaN}', 400, "character"),
        ({}, 422, "payment_id: Field required"),
        (PAYMENT | {"amount_minor": -1}, 422, "amount_minor: Input should be greater than or equal to 0"),
        (PAYMENT | {"occurred_at": "1970-01-01T00:00:00Z"}, 422, "occurred_at"),
        (PAYMENT | {"schema_version": 2}, 422, "schema_version is not 1"),
        (PAYMENT | {"source": "pos-2"}, 422, "source: not the one that the API key belongs to"),
        (PAYMENT | {"seq": 1}, 422, "run and seq: send both or neither"),
    ],
)
async def test_what_breaks_the_contract_is_refused(
    served: Served, event: object, status: int, reason: str
) -> None:
    answered, problem = await served.post(event)
    assert (answered, reason in problem["detail"]) == (status, True), problem
    assert served.stored() == []


@pytest.mark.services
@pytest.mark.parametrize(
    "event",
    [
        PAYMENT | {"card_id": CARD},
        PAYMENT | {"unknown_field": {"deep": [CARD.replace(" ", "-")]}},
        PAYMENT | {CARD: "a name"},
        PAYMENT | {"source": CARD.replace(" ", "")},
        PAYMENT | {"event_id": CARD},
    ],
)
async def test_card_numbers_are_neither_echoed_nor_logged(
    served: Served, event: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        status, problem = await served.post(event)
    assert status == 422
    said = json.dumps(problem) + caplog.text
    assert "1111" not in said.replace(" ", "").replace("-", "")
    assert served.stored() == []


@pytest.mark.services
async def test_a_card_number_given_twice_does_not_slip_through(served: Served) -> None:
    """Of two fields with one name JSON keeps the last; only what is checked is sent."""
    twice = json.dumps(PAYMENT)[:-1] + ', "card_id": "' + CARD + '", "card_id": "token"}'
    status, _ = await served.post(twice.encode())
    assert status == 202
    assert [event.card_id for event in served.stored()] == ["token"]


@pytest.mark.services
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer \udcff"]
)
async def test_only_known_keys_may_send(served: Served, authorization: str) -> None:
    status, problem = await served.post(PAYMENT, Authorization=authorization)
    assert status == 401
    assert KEY not in problem["detail"]


@pytest.mark.services
async def test_other_requests_are_refused_as_problems(served: Served) -> None:
    assert (await served.post(PAYMENT, **{"Content-Type": "text/plain"}))[0] == 415
    assert (await served.post(b"x", **{"Content-Encoding": "gzip"}))[0] == 415
    assert (await served.post(b" " * (MAX_RECORD_BYTES + 1)))[0] == 413
    assert (await served.post(b" " * MAX_RECORD_BYTES))[0] == 400
    for path, status in (("/v1/transactions", 405), ("/elsewhere", 404)):
        async with served.client.get(served.address + path) as response:
            assert response.status == status
            assert (await response.json(content_type="application/problem+json"))["status"] == status
    async with served.client.get(f"{served.address}/health") as response:
        assert (response.status, await response.json()) == (200, {"status": "running"})


@pytest.mark.services
async def test_without_kafka_the_answer_is_503_and_the_event_can_be_sent_again(tmp_path: Path) -> None:
    """The broker is stopped for good here, so it is one of its own."""
    with ExitStack() as broker_lives:
        broker = broker_lives.enter_context(running_broker(tmp_path / "kafka"))
        with running(
            ["tillwatch", "collector"], broker.bootstrap_servers, tmp_path,
            **environment(tmp_path), TILLWATCH_COLLECTOR_ACKNOWLEDGE_WITHIN_SECONDS="2",
        ) as command:  # fmt: skip
            address = await address_of(command)
            async with ClientSession() as client:
                served = Served(client, address, broker.bootstrap_servers, tmp_path)
                assert (await served.post(PAYMENT))[0] == 202
                await asyncio.to_thread(broker_lives.close)
                started = asyncio.get_running_loop().time()
                status, problem = await served.post(PAYMENT)
                assert status == 503
                assert asyncio.get_running_loop().time() - started < 4
                assert problem["resend"]["seq"] == 1
                status, again = await served.post(PAYMENT | problem["resend"])
                assert (status, again["resend"]) == (503, problem["resend"])
                status, answer = await served.post([PAYMENT, {}, PAYMENT])
                assert status == 503
                assert (answer["accepted"], answer["refused"]) == (0, 3)
                assert [item["status"] for item in answer["items"]] == [503, 422, 503]
                assert [item["resend"]["seq"] for item in answer["items"][::2]] == [2, 3]
            assert command.stop() == 0
    assert read_ledgers(tmp_path)["transactions"].count == 1


@pytest.mark.services
async def test_the_command_serves_until_it_is_told_to_stop(kafka_topics: str, tmp_path: Path) -> None:
    with running(["tillwatch", "collector"], kafka_topics, tmp_path, **environment(tmp_path)) as command:
        address = await address_of(command)
        async with (
            ClientSession() as session,
            session.post(
                f"{address}/v1/transactions", json=PAYMENT, headers={"Authorization": f"Bearer {KEY}"}
            ) as response,
        ):
            assert response.status == 202
        assert command.stop() == 0
    (event,) = read_topic(kafka_topics, TRANSACTIONS, Transaction)
    assert abs(event.occurred_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert read_ledgers(tmp_path)["transactions"].count == 1


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("", "API_KEYS is empty"),
        ("pos-1", "entry 1 is not source=key"),
        (f"pos-1={KEY},pos-2=short", "entry 2 has a key under 16 characters"),
        (f"pos-1={KEY},pos-2={KEY}", "entry 2 repeats a source or a key"),
        (f"tillwatch-synthetic={KEY}", "is the source of synthetic payments only"),
    ],
)
def test_bad_keys_end_the_command_in_one_line(tmp_path: Path, keys: str, reason: str) -> None:
    arguments = ["tillwatch", "collector"]
    with running(arguments, "127.0.0.1:1", tmp_path, TILLWATCH_COLLECTOR_API_KEYS=keys) as command:
        assert command.wait() == 2
    assert reason in command.said
    assert len(command.said.splitlines()) == 1
    assert KEY not in command.said


@pytest.mark.services
async def test_what_happened_to_the_business_is_taken_and_completed(served: Served) -> None:
    release = {"kind": "release", "title": "Release 5.3.0 of the app", "version": "5.3.0", "channel": "app"}
    status, answer = await served.post(release, CONTEXT.name)
    assert status == 202
    for wrong in (
        {**release, "source": "somebody"},
        {**release, "version": None},
        {**release, "kind": "rumour"},
    ):
        assert (await served.post(wrong, CONTEXT.name))[0] == 422
    [told] = read_topic(served.kafka, CONTEXT, Context)
    assert (str(told.context_id), told.source, told.version) == (answer["event_id"], "pos-1", "5.3.0")
    assert timedelta() <= told.begins_at - SIMULATED < timedelta(minutes=20)
