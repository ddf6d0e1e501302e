"""A batch source with an agent that only notes what it gets, inside this process."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from schemas.topics import Topic
from streams.app import TillwatchApp, build_app
from streams.batch import Batch
from streams.batch_source import BatchSource
from streams.outputs import Outputs

__all__ = ["Noted", "noting_source", "running_app"]

Noted = list[tuple[str, int, int, bool]]


def noting_source(
    kafka: str,
    topic: Topic,
    *,
    kind: type[BatchSource[Any]] = BatchSource,
    work: Callable[[Batch[Any]], None] = lambda _: None,
    gather_ms: int | None = None,
) -> tuple[TillwatchApp, BatchSource[Any], Noted]:
    """Build an app with one agent; it notes topic, partition, offset and `emit` of every record."""
    app = build_app("under-test", kafka)
    outputs = Outputs(kafka)
    noted: Noted = []
    source = kind(
        app,
        "under-test",
        topics=[topic],
        make_state=lambda _: None,
        bootstrap_servers=kafka,
        generations={topic.name: "g:0"},
        outputs=outputs,
        gather_ms=gather_ms,
    )

    @app.agent(source.channel, name="under-test")
    async def note(batches: AsyncIterable[Batch[Any]]) -> None:
        async for batch in batches:
            with batch:
                work(batch)
                noted.extend((batch.topic.name, batch.partition, at, batch.emit) for at in batch.offsets)

    app.services = [outputs, source]
    return app, source, noted


@asynccontextmanager
async def running_app(app: TillwatchApp) -> AsyncIterator[None]:
    """Run an app while the block lasts."""
    await app.start()
    try:
        yield
    finally:
        await app.stop()
