"""Scores of a reprocess into a table of their own, exactly once, by the same sink."""

import asyncio
from dataclasses import replace
from typing import Any

from clickhouse_connect.driver.client import Client

from producers.group_offsets import committed_by, log_bounds
from schemas.topics import Topic
from sinks.settings import ClickHouseSettings, SinkSettings
from sinks.tables.scores import SCORES_TABLE
from sinks.tables.table import Table
from sinks.writer.inserter import Inserter
from sinks.writer.sink import Sink

__all__ = ["load", "load_group", "table_of"]

POLL_SECONDS = 0.3


def table_of(topic: Topic) -> Table[Any]:
    """Give the table of a reprocess: as that of scores, named after its topic."""
    return replace(SCORES_TABLE, topic=topic)


def load_group(topic: Topic) -> str:
    """Name the consumer group that fills the table of a reprocess."""
    return f"tillwatch-sink-{topic.name}"


def load(bootstrap_servers: str, store: ClickHouseSettings, client: Client, topic: Topic) -> None:
    """Bring the table up to where the topic ends now. Repeating it writes only what is new.

    Raises
    ------
    Stop
        ClickHouse refuses the rows.

    """
    table = table_of(topic)
    client.command(f"CREATE TABLE IF NOT EXISTS {table.name} AS {SCORES_TABLE.name}")
    _, ends = log_bounds(bootstrap_servers, topic)
    settings = SinkSettings(group=load_group(topic))
    inserter = Inserter(store)
    try:
        asyncio.run(write_up_to(bootstrap_servers, table, ends, inserter, settings))
    finally:
        inserter.close()


async def write_up_to(
    bootstrap_servers: str, table: Table[Any], ends: list[int], inserter: Inserter, settings: SinkSettings
) -> None:
    """Run a sink until it has committed so far."""
    sink = Sink(bootstrap_servers, {table.topic.name: table}, inserter, settings)
    running = asyncio.create_task(sink.run())
    while not running.done():
        done = await asyncio.to_thread(committed_by, bootstrap_servers, settings.group, table.topic)
        if all(done.get(number, 0) >= end for number, end in enumerate(ends)):
            sink.stop()
            break
        await asyncio.sleep(POLL_SECONDS)
    await running
