"""How long a record may wait at the broker: for a fetch that lacks it, and for company."""

import asyncio
import time
from asyncio import to_thread

import pytest

from schemas.topics import TRANSACTIONS
from tests.support.agents_under_test import noting_source, running_app
from tests.support.events import payment
from tests.support.topic_log import producing

pytestmark = pytest.mark.services

SLOW_SECONDS = 0.25
TRIES = 3
GATHER_MS = 2_000


async def test_after_a_slow_round_nothing_waits_for_a_fetch_that_lacks_it(kafka_topics: str) -> None:
    """During a slow round aiokafka sends a fetch without the partition whose records nobody has taken."""
    app, source, noted = noting_source(kafka_topics, TRANSACTIONS)
    slow, begun = asyncio.Event(), asyncio.Event()

    async def before_round() -> None:
        begun.set()
        if slow.is_set():
            slow.clear()
            await asyncio.sleep(SLOW_SECONDS)

    source._before_round = before_round
    waited = []
    with producing(kafka_topics) as producer:

        async def send_one() -> None:
            sent = producer.send(TRANSACTIONS.name, payment().model_dump_json().encode(), partition=0)
            await to_thread(sent.get, 30)

        async def until_taken(count: int) -> None:
            while len(noted) < count:
                await asyncio.sleep(0.002)

        async with running_app(app), asyncio.timeout(60):
            await send_one()
            await until_taken(1)
            for taken in range(1, 1 + 3 * TRIES, 3):
                slow.set()
                begun.clear()
                await send_one()
                await begun.wait()
                await send_one()  # lies with the consumer while the round goes on
                await until_taken(taken + 2)
                started = time.monotonic()
                await send_one()
                await until_taken(taken + 3)
                waited.append(time.monotonic() - started)
    assert min(waited) < SLOW_SECONDS


async def test_records_gather_only_while_they_flow(kafka_topics: str) -> None:
    sizes: list[int] = []
    app, source, noted = noting_source(
        kafka_topics, TRANSACTIONS, work=lambda batch: sizes.append(len(batch)), gather_ms=GATHER_MS
    )
    with producing(kafka_topics) as producer:

        async def send_one() -> None:
            sent = producer.send(TRANSACTIONS.name, payment().model_dump_json().encode(), partition=0)
            await to_thread(sent.get, 30)

        async with running_app(app), asyncio.timeout(60):
            while source.phase != "running":
                await asyncio.sleep(0.01)
            started = time.monotonic()
            await send_one()
            while len(noted) < 1:
                await asyncio.sleep(0.002)
            assert time.monotonic() - started < GATHER_MS / 1_000  # it waits for no company
            for _ in range(5):
                await send_one()
            while len(noted) < 6:
                await asyncio.sleep(0.01)
    assert sizes == [1, 5]
