"""A restarted source goes on from the newest snapshot that is whole, and its state misses nothing."""

import asyncio
from asyncio import to_thread
from collections import Counter
from typing import Any

import numpy as np
import pytest

from schemas.topics import SNAPSHOTS, TRANSACTIONS
from streams.snapshots import of_partitions
from streams.snapshots.codec import ArraysCopied
from streams.snapshots.store import SnapshotStore, Unit
from tests.support.agents_under_test import running_app
from tests.support.counting import counting_source
from tests.support.events import payments
from tests.support.patience import until
from tests.support.topic_log import committed, end_offset, read_raw, send, wait_until_committed

pytestmark = pytest.mark.services

COUNT = 2_000


@pytest.fixture(autouse=True)
def _small_ones_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_partitions, "WORTH_WRITING_RECORDS", 1)


async def run_once(kafka: str, *, count: int, every_seconds: float) -> None:
    """Send payments and process them; with a short time between snapshots each partition gets one."""
    app, source, _ = counting_source(kafka, every_seconds=every_seconds)
    await to_thread(send, kafka, TRANSACTIONS, payments(count))
    async with running_app(app):
        await until(lambda: source.progress.events == count)
        await to_thread(wait_until_committed, kafka, "tillwatch-counting", TRANSACTIONS)
        while every_seconds < 1 and await to_thread(end_offset, kafka, SNAPSHOTS) < len(source.owned):
            await asyncio.sleep(0.05)


async def restarted(kafka: str, **settings: Any) -> tuple[dict[int, list[int]], list[tuple[int, int, bool]]]:
    """Start again, let one more payment through, and give the state and what was read for it."""
    app, source, given = counting_source(kafka, every_seconds=1_000, **settings)
    async with running_app(app):
        await until(lambda: source.phase == "running")
        states = {own.source.partition: own.state.offsets for own in source.owned.values()}
        complete = {own.source.partition: list(range(own.next_offset)) for own in source.owned.values()}
        assert states == complete, "an offset is missing in the state, or twice in it"
    return states, given


async def test_only_what_came_after_the_snapshot_is_read_again(kafka_topics: str) -> None:
    await run_once(kafka_topics, count=COUNT, every_seconds=0.05)
    states, given = await restarted(kafka_topics)
    assert sum(map(len, states.values())) == COUNT
    assert len(given) < COUNT / 2
    assert not any(emit for _, _, emit in given)


async def test_without_a_snapshot_the_whole_log_is_read(kafka_topics: str) -> None:
    await run_once(kafka_topics, count=COUNT, every_seconds=1_000)
    states, given = await restarted(kafka_topics)
    assert sum(map(len, states.values())) == COUNT == len(given)


async def rewritten(
    kafka: str, *, ahead: int = 0, version: int = 2, generation: str = "g:0", times: int = 1
) -> None:
    """Write snapshots that end where the log does, or so far ahead of it, with a state that is wrong."""
    ends = Counter(raw.partition for raw in read_raw(kafka, TRANSACTIONS))
    store = SnapshotStore(kafka)
    await store.start()
    for partition in list(range(TRANSACTIONS.partitions)) * times:
        name = f"{TRANSACTIONS.name}/{partition}"
        await store.write(
            Unit("counting", name),
            ArraysCopied({"offsets": np.array([-1])}),
            state_version=version,
            generations={TRANSACTIONS.name: generation},
            offsets={name: ends[partition] + ahead},
        )
    await store.stop()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ahead": 1}, "outputs exist up to"),
        ({"version": 3}, "this program knows up to 2"),
        ({"generation": "other:0"}, "it is of generation other:0, the topic transactions has g:0"),
    ],
    ids=["ahead of what was committed", "of a newer program", "of a topic that was made anew"],
)
async def test_a_snapshot_that_does_not_fit_is_refused_and_the_next_taken(
    kafka_topics: str, wrong: dict[str, Any], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    await run_once(kafka_topics, count=COUNT, every_seconds=0.05)
    await rewritten(kafka_topics, **wrong)
    with caplog.at_level("WARNING"):
        _, given = await restarted(kafka_topics)
    refused = [record.__dict__["cause"] for record in caplog.records if "is refused" in record.message]
    assert len(refused) == TRANSACTIONS.partitions
    assert all(said in cause for cause in refused)
    assert len(given) < COUNT / 2


async def test_when_all_are_refused_the_log_alone_is_read(kafka_topics: str) -> None:
    await run_once(kafka_topics, count=COUNT, every_seconds=0.05)
    await rewritten(kafka_topics, version=3, times=4)
    states, given = await restarted(kafka_topics)
    assert sum(map(len, states.values())) == COUNT == len(given)


async def test_a_partition_that_comes_back_finds_its_state(kafka_topics: str) -> None:
    """A second worker joins and leaves: the first reads nothing again but what the second did."""
    await to_thread(send, kafka_topics, TRANSACTIONS, payments(COUNT))
    app, source, given = counting_source(kafka_topics, every_seconds=1_000)
    other_app, other, _ = counting_source(kafka_topics, every_seconds=1_000)
    async with running_app(app):
        await until(lambda: source.progress.events == COUNT)
        async with running_app(other_app):
            await until(lambda: other.phase == "running" and len(source.owned) + len(other.owned) == 8)
            assert len(other.owned) == 4
            before = len(given)
        await until(lambda: len(source.owned) == 8 and source.phase == "running")
        assert len(given) == before
        assert {p.partition: own.state.offsets for p, own in source.owned.items()} == {
            p.partition: list(range(own.next_offset)) for p, own in source.owned.items()
        }
    assert committed(kafka_topics, "tillwatch-counting", TRANSACTIONS) == COUNT
