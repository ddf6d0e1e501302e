"""Dead letters are read, and sent back: by operators, after a question, and counted once."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from console.dead_letters.address import PATH, letters_address
from schemas.dead_letter_replay import DeadLetterReplay
from schemas.decode import decode_structs
from schemas.topics import DEAD_LETTER_REPLAYS, TRANSACTIONS
from schemas.transaction import Transaction
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from streams.repeats import mark_repeats
from streams.resend_filter import ResendFilter
from tests.support.topic_log import read_raw, read_topic
from tests.support_console.serving import as_reader, console_client, log_in

pytestmark = pytest.mark.services

NOW = datetime.now(UTC)
API = f"/api/v1{PATH}"
EXAMPLE = json.loads(
    next(iter(sorted(Path("schemas/examples/transactions/accepted").glob("*.json")))).read_text()
)
OLD = {"topic": "transactions", "kind": "unknown_version", "reason": "schema_version is not 1"}
ODD = {"topic": "transactions", "kind": "schema", "reason": "record: <b>odd</b>"}
ELSEWHERE = {"topic": "scores", "kind": "schema", "reason": "score: none"}


def paid(seq: int) -> str:
    """A payment as its till wrote it, blanks and unknown fields included."""
    return json.dumps(
        EXAMPLE | {"seq": seq, "event_id": f"019aae1c-7b40-7c3e-9d51-2f60b8a4e0{seq:02}", "odd": "x"}
    )


def row(offset: int, why: dict[str, str], payload: str, *, whole: str | None = None) -> list[Any]:
    """A dead letter; `whole` is what came where less of it was kept."""
    record = (payload if whole is None else whole).encode()
    return ["g:0", why["topic"], 0, offset, why["kind"], why["reason"], payload, len(record),
            sha256(record).hexdigest(), NOW - timedelta(minutes=offset), NOW]  # fmt: skip


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    rows = [row(number, OLD, paid(number)) for number in (10, 11, 12)]
    rows += [
        row(20, ODD, '{"seq": -1, "customer_id": "<img src=x>\u202eanna"}'),
        row(21, ODD, paid(21)[:80], whole=paid(21)),
        row(30, ELSEWHERE, "{}"),
    ]
    names = (
        "origin_generation origin_topic origin_partition origin_offset kind reason payload payload_bytes "
        "payload_sha256 refused_at received_at"
    )
    client = connect(clickhouse)
    client.insert("dead_letters", rows, column_names=names.split())
    client.close()
    return as_reader(clickhouse)


@pytest.fixture
async def operator(
    store: ClickHouseSettings, kafka_topics: str
) -> AsyncIterator[TestClient[Request, Application]]:
    async with console_client(store, kafka=kafka_topics) as client:
        yield client


async def replay(client: TestClient[Request, Application], **body: Any) -> tuple[int, dict[str, Any]]:
    async with client.post(f"{API}/replay", json=body) as answer:
        return answer.status, await answer.json()


async def test_all_of_a_reason_go_back_as_they_came_once(
    operator: TestClient[Request, Application], kafka_topics: str, clickhouse: ClickHouseSettings
) -> None:
    before = len(list(read_raw(kafka_topics, TRANSACTIONS)))
    status, said = await replay(operator, **OLD, count=2)
    assert (status, said["detail"][:16]) == (409, "Nothing was sent")
    assert await replay(operator, **OLD, count=3) == (202, {"sent": 3, "replayed_before": 0, "not_sent": {}})
    sent = list(read_raw(kafka_topics, TRANSACTIONS))[before:]
    assert sorted(one.value.decode() for one in sent) == [paid(number) for number in (10, 11, 12)]
    # nobody sends them twice: not before the store has it ...
    assert await replay(operator, **OLD, count=3) == (202, {"sent": 0, "replayed_before": 3, "not_sent": {}})
    kept = read_topic(kafka_topics, DEAD_LETTER_REPLAYS, DeadLetterReplay)
    assert [one.origin.offset for one in kept] == [12, 11, 10]
    assert {one.by for one in kept} == {"tillwatch"}
    # ... and not after
    writer = connect(clickhouse)
    rows = [["g:0", "transactions", 0, one.origin.offset, one.by, one.at] for one in kept]
    names = ["origin_generation", "origin_topic", "origin_partition", "origin_offset", "by", "at"]
    writer.insert("dead_letter_replays", rows, column_names=names)
    assert (await replay(operator, **OLD, count=3))[0] == 409
    async with operator.get(letters_address(**OLD, ask="")) as answer:
        text = await answer.text()
    assert text.count("Replayed by tillwatch") == 3
    assert "Nothing of this waits" in text
    writer.command("TRUNCATE TABLE dead_letter_replays")
    writer.close()


async def test_what_was_sent_twice_all_the_same_is_counted_once(
    store: ClickHouseSettings, kafka_topics: str
) -> None:
    before = len(list(read_raw(kafka_topics, TRANSACTIONS)))
    for _ in range(2):  # two consoles that know nothing of each other, before the store shows it
        async with console_client(store, kafka=kafka_topics) as client:
            assert (await replay(client, **OLD, letter="g:0|transactions|0|11", count=1))[1]["sent"] == 1
    sent = list(read_raw(kafka_topics, TRANSACTIONS))[before:]
    assert len({one.partition for one in sent}) == 1
    decoded = decode_structs(Transaction, [one.value for one in sent]).events
    outcomes, repeats = mark_repeats(decoded, ResendFilter())
    assert (len(outcomes), repeats) == (2, 1)


async def test_what_would_not_arrive_as_it_was_stays(
    operator: TestClient[Request, Application], kafka_topics: str
) -> None:
    before = len(list(read_raw(kafka_topics, TRANSACTIONS)))
    status, said = await replay(operator, **ODD, count=2)
    assert (status, said["sent"]) == (202, 0)
    assert [why.split(":")[0] for why in said["not_sent"]] == [
        "not kept as it came", "it would be refused again"
    ]  # fmt: skip
    assert "sent again by who wrote it" in str((await replay(operator, **ELSEWHERE, count=1))[1]["not_sent"])
    assert (await replay(operator, **OLD, count=0))[0] == 422
    assert len(list(read_raw(kafka_topics, TRANSACTIONS))) == before


async def test_the_page_asks_with_the_number_and_shows_harmless_text(
    operator: TestClient[Request, Application],
) -> None:
    async with operator.get(letters_address(**ODD, ask="")) as answer:
        text = await answer.text()
    assert "Send 0 records back to transactions?" in text
    assert '<button type="submit">Send' not in text
    assert "<img src=x>" not in text
    assert "<b>odd" not in text
    assert '<img src=x>\\u202eanna"' in unescape(text)
    async with operator.get(letters_address(**OLD, ask="")) as answer:
        assert "Send 3 records back to transactions?" in await answer.text()
    form = {**OLD, "letter": "g:0|transactions|0|12", "count": "1"}
    async with operator.post(f"{PATH}/replay", data=form) as answer:
        assert "1 sent back." in await answer.text()


async def test_who_only_looks_sees_no_values_and_sends_nothing(store: ClickHouseSettings) -> None:
    async with console_client(store, logged_in=False, viewer_password="only-looking") as viewer:
        await log_in(viewer, "only-looking", user="viewer")
        async with viewer.get(letters_address(**ODD, ask="")) as answer:
            text = unescape(await answer.text())
        assert '"customer_id": "<••• •••=•>' in text
        assert "anna" not in text
        assert "Replay" not in text
        assert (await replay(viewer, **ODD, count=2))[0] == 403
        async with viewer.get(letters_address(**ODD).replace(PATH, API)) as answer:
            assert "anna" not in await answer.text()


async def test_kafka_away_says_so(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        status, said = await replay(client, **OLD, letter="g:0|transactions|0|10", count=1)
        assert status == 503
        assert "0 were sent" in said["detail"]
