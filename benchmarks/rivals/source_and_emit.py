"""Tillwatch's source and outputs alone: an agent that writes a fixed record for each payment."""

from collections.abc import AsyncIterable

from benchmarks.rivals.bare_aiokafka import SCORE_BYTES
from benchmarks.rivals.tillwatch_worker import run_alone
from schemas.topics import SCORES, TRANSACTIONS
from streams.batch import Batch
from streams.process import Process

__all__: list[str] = []


def add_echo_agent(process: Process) -> None:
    """Add the agent and its source."""
    source = process.source("echo", [TRANSACTIONS], lambda _: None)
    value = b"x" * SCORE_BYTES

    @process.app.agent(source.channel, name="echo")
    async def echo(batches: AsyncIterable[Batch[None]]) -> None:
        async for batch in batches:
            with batch:
                batch.put_dense(SCORES, [value] * len(batch))


if __name__ == "__main__":
    run_alone(add_echo_agent)
