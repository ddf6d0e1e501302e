"""The same door, detectors and score records in stock Faust: its own consumer, streams and producer.

Variants, all kept:
each       one payment at a time, `await topic.send` for each score
send_soon  one payment at a time, the score is left to Faust's background thread of sending
take       `take_events`: batches of up to 1,000 payments, so that decoding, features and scoring are as fast
           as in Tillwatch's worker, `send_soon` for each score
"""

import asyncio
import sys
from collections.abc import AsyncIterable, Sequence
from pathlib import Path
from typing import Any

import faust

from benchmarks.rivals.scoring import Scoring, spare_the_collector
from benchmarks.rivals.variants import STOCK_FAUST
from schemas.topics import TRANSACTIONS

__all__ = ["build_app"]

TAKE = 1_000
TAKE_SECONDS = 0.1


def values(scoring: Scoring, partition: int, events: Sequence[Any]) -> list[bytes]:
    """Score Faust's events of one partition."""
    return scoring.values(
        partition,
        offsets=[event.message.offset for event in events],
        records=[event.value for event in events],
        append_ms=[int(event.message.timestamp * 1000) for event in events],
    )


def build_app(bootstrap_servers: str, output: str, variant: str, folder: str) -> faust.App:
    """Build the app of one variant; Faust makes a folder for its data, here in this one."""
    scoring = Scoring(bootstrap_servers)
    spare_the_collector()
    app = faust.App(
        output,
        broker=[f"kafka://{bootstrap_servers}"],
        datadir=str(Path(folder) / f"{output}-data"),
        consumer_auto_offset_reset="earliest",
        topic_partitions=TRANSACTIONS.partitions,
        topic_disable_leader=True,
        web_enabled=False,
        web_tables_enabled=False,
        stream_wait_empty=False,
        producer_linger=0.02,
        producer_max_batch_size=1_048_576,
    )
    source = app.topic(TRANSACTIONS.name, value_serializer="raw", key_serializer="raw")
    scores = app.topic(output, value_serializer="raw", key_serializer="raw")

    async def each(stream: Any) -> None:
        async for event in stream.events():
            partition = event.message.partition
            (value,) = values(scoring, partition, [event])
            await scores.send(value=value, partition=partition)

    async def send_soon(stream: Any) -> None:
        async for event in stream.events():
            partition = event.message.partition
            (value,) = values(scoring, partition, [event])
            scores.send_soon(value=value, partition=partition)

    async def take(stream: Any) -> None:
        async for events in stream.take_events(TAKE, within=TAKE_SECONDS):
            by_partition: dict[int, list[Any]] = {}
            for event in events:
                by_partition.setdefault(event.message.partition, []).append(event)
            for partition, own in by_partition.items():
                for value in values(scoring, partition, own):
                    scores.send_soon(value=value, partition=partition)
            await asyncio.sleep(0)

    bodies = dict(zip(STOCK_FAUST, (each, send_soon, take), strict=True))

    @app.agent(source, name="score")
    async def score(stream: AsyncIterable[Any]) -> None:
        await bodies[variant](stream)

    return app


if __name__ == "__main__":
    server, name, which, place = sys.argv[1:]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    async def build() -> faust.App:
        """Build inside the loop that the app will run in."""
        return build_app(server, name, which, place)

    worker = faust.Worker(loop.run_until_complete(build()), loop=loop, loglevel="warning", quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()
