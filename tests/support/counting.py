"""An agent that adds up what it reads, with snapshots of the sum."""

from collections.abc import AsyncIterable

import numpy as np

from detectors.snapshot import Parts, column
from schemas.topics import TRANSACTIONS
from streams.app import TillwatchApp, build_app
from streams.batch import Batch
from streams.batch_source import BatchSource
from streams.outputs import Outputs
from streams.snapshots.of_partitions import Snapshots
from streams.snapshots.state_format import StateFormat
from streams.snapshots.store import SnapshotStore

__all__ = ["COUNTING", "Counter", "counting_source"]


class Counter:
    """The offsets of one partition that were read, as a list: nothing may be missing or come twice."""

    def __init__(self) -> None:
        self.offsets: list[int] = []

    def snapshot(self) -> Parts:
        return {"offsets": np.array(self.offsets, np.int64)}

    def restore(self, parts: Parts) -> None:
        self.offsets = column(parts, "offsets", np.int64).tolist()


COUNTING = StateFormat[Counter](
    2,
    lambda counter: counter.snapshot(),
    lambda counter, parts: counter.restore(parts),
    {1: lambda parts: {"offsets": parts["old-name"]}},
)


def counting_source(
    kafka: str,
    *,
    every_seconds: float,
    generation: str = "g:0",
) -> tuple[TillwatchApp, BatchSource[Counter], list[tuple[int, int, bool]]]:
    """Build an app with the agent; partition, offset and `emit` of all it is given are in the list."""
    app = build_app("counting", kafka)
    outputs, store = Outputs(kafka), SnapshotStore(kafka)
    given: list[tuple[int, int, bool]] = []
    source = BatchSource[Counter](
        app,
        "counting",
        topics=[TRANSACTIONS],
        make_state=lambda _: Counter(),
        bootstrap_servers=kafka,
        generations={TRANSACTIONS.name: generation},
        outputs=outputs,
        snapshots=Snapshots(store, "counting", COUNTING, every_seconds=every_seconds),
    )

    @app.agent(source.channel, name="counting")
    async def count(batches: AsyncIterable[Batch[Counter]]) -> None:
        async for batch in batches:
            with batch:
                batch.state.offsets.extend(batch.offsets)
                given.extend((batch.partition, offset, batch.emit) for offset in batch.offsets)

    app.services = [outputs, store, source]
    return app, source, given
