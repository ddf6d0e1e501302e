"""One question a second for everybody."""

import asyncio
from collections.abc import Hashable, Mapping

import pytest

from console.feed import Feed
from console.query import Parameter
from console.query_set import QUERIES
from console.reader import Readings, StoreReader
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import as_reader, console_client, settings

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
    assert all(numbers == [1, 2, 3] for numbers in seen)
    assert reader.reads <= 4
    await feed.close()


async def test_nobody_looking_means_nobody_asking(clickhouse: ClickHouseSettings) -> None:
    reader = CountingReader(as_reader(clickhouse), QUERIES)
    feed = Feed(reader, settings())
    await watch(feed, 1)
    async with asyncio.timeout(5):
        while feed.asking:
            await asyncio.sleep(0.05)
    assert await watch(feed, 1) == [reader.reads]
    await feed.close()


async def test_stream_sends_a_picture_and_ends_with_the_server(clickhouse: ClickHouseSettings) -> None:
    async with console_client(as_reader(clickhouse)) as client:
        answer = await client.get("/api/v1/now/stream")
        assert answer.content_type == "text/event-stream"
        lines = [await answer.content.readline() for _ in range(5)]
        assert lines[2] == b"event: now\n"
        assert lines[4].startswith(b"data: {")
        async with asyncio.timeout(5):
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
