"""One question a second for everybody."""

import asyncio
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from console.feed import MAX_SELECTIONS, Feed
from console.query import Parameter
from console.query_set import QUERIES
from console.reader import Readings, StoreReader
from console.selection import Selection
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.patience import PATIENCE_SECONDS, until
from tests.support_console.serving import as_reader, console_client, settings
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services


class CountingReader(StoreReader):
    """The reader, which counts how often it is asked."""

    reads = 0

    async def read(self, parameters: Mapping[str, Parameter], view: Hashable = "") -> Readings:
        self.reads += 1
        return await super().read(parameters, view)


async def watch(feed: Feed, pictures: int) -> list[int]:
    seen: list[int] = []
    async for picture in feed.follow():
        seen.append(picture.number)
        if len(seen) == pictures:
            break
    return seen


async def test_many_viewers_share_one_question_a_second(clickhouse: ClickHouseSettings) -> None:
    reader = CountingReader(as_reader(clickhouse), QUERIES)
    feed = Feed(reader, settings())
    seen = await asyncio.gather(*(watch(feed, 3) for _ in range(20)))
    assert all(numbers == sorted(set(numbers)) for numbers in seen)
    newest = max(numbers[-1] for numbers in seen)
    assert newest <= reader.reads <= newest + 1  # each picture was asked for once, the next may be on its way
    assert newest < 20  # however many look
    await feed.close()


async def test_nobody_looking_means_nobody_asking_after_a_while(
    clickhouse: ClickHouseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = CountingReader(as_reader(clickhouse), QUERIES)
    feed = Feed(reader, settings())
    (seen,) = await watch(feed, 1)
    await until(lambda: reader.reads > seen)  # whoever comes back from another page finds a picture
    assert feed.asking
    monkeypatch.setattr("console.feed.LINGER_SECONDS", 0.0)
    await until(lambda: not feed.asking)
    assert await watch(feed, 1) == [reader.reads]
    await feed.close()


async def test_who_asks_while_the_next_picture_is_taken_gets_the_one_before(
    clickhouse: ClickHouseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    class SlowReader(StoreReader):
        async def read(self, parameters: Mapping[str, Parameter], view: Hashable = "") -> Readings:
            asked.set()
            await may_answer.wait()
            return await super().read(parameters, view)

    feed = Feed(SlowReader(as_reader(clickhouse), QUERIES), settings())
    may_answer.set()
    first = await feed.current()
    asked.clear()
    may_answer.clear()
    monkeypatch.setattr("console.feed.TICK_SECONDS", 0.0)  # it is too old now
    taking = asyncio.create_task(feed.current())
    await asked.wait()
    monkeypatch.setattr("console.feed.TICK_SECONDS", PATIENCE_SECONDS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await feed.current() is first
        may_answer.set()
        assert await taking is await feed.current() is not first
    await feed.close()


async def test_each_selection_has_its_own_picture_and_all_share_the_rest(
    clickhouse: ClickHouseSettings,
) -> None:
    client = connect(clickhouse)
    shop = Shop(client)
    shop.open_stores()
    finished = datetime.now(UTC) - timedelta(minutes=2)
    rows = [shop.score_row(finished, amount_minor=5_000) for _ in range(2)]
    shop.insert_scores([row | {"store_id": f"store-0{number}"} for number, row in enumerate(rows, 1)])
    shop.signs_of_life(datetime.now(UTC))
    client.close()
    reader = CountingReader(as_reader(clickhouse), QUERIES)
    feed = Feed(reader, settings(settle_seconds=0))
    one = (await feed.current(Selection(store="store-01"))).now
    both = (await feed.current()).now
    nobody = (await feed.current(Selection(store="unheard-of"))).now
    await feed.close()
    assert [row.place for row in one.latest] == ["Berlin Mitte 1"]
    assert [row.store_id for row in one.stores] == ["store-01"]
    assert [square.store_id for group in one.store_wall for square in group.squares] == ["store-01"]
    assert sum(len(group.squares) for group in both.store_wall) == 40
    assert (nobody.stores, nobody.store_wall) == ((), ())
    assert len(both.latest) == 2
    assert len(nobody.latest) == 0
    assert one.pipeline.agents == both.pipeline.agents == nobody.pipeline.agents
    assert "all stores" in one.notes["pipeline"]


async def test_viewers_of_one_selection_share_and_selections_are_bounded(
    clickhouse: ClickHouseSettings,
) -> None:
    feed = Feed(StoreReader(as_reader(clickhouse), QUERIES), settings())
    chosen = [Selection(store=str(number)) for number in range(MAX_SELECTIONS)]
    streams = [feed.follow(one) for one in chosen]
    for stream in streams:
        await anext(stream)
    assert feed.has_room(chosen[0])
    assert not feed.has_room(Selection(store="one too many"))
    for stream in streams:
        await stream.aclose()
    assert feed.has_room(Selection(store="one too many"))
    await feed.close()


async def test_stream_sends_a_picture_and_ends_with_the_server(clickhouse: ClickHouseSettings) -> None:
    async with console_client(as_reader(clickhouse)) as client:
        answer = await client.get("/api/v1/now/stream")
        assert answer.content_type == "text/event-stream"
        lines = [await answer.content.readline() for _ in range(5)]
        assert lines[2] == b"event: now\n"
        assert lines[4].startswith(b"data: {")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await client.server.close()
            await answer.content.read()


async def test_too_many_viewers_are_turned_away(clickhouse: ClickHouseSettings) -> None:
    async with console_client(as_reader(clickhouse), max_viewers=1) as client:
        first = await client.get("/api/v1/now/stream")
        for _ in range(5):
            await first.content.readline()
        async with client.get("/api/v1/now/stream") as second:
            assert second.status == 503
        first.close()
