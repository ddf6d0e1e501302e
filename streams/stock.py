"""Keep the level of every article at every place.

Reads: stock-movements
Writes: stock-levels, dead-letters
Key: place and SKU
State: per partition the articles' levels and demand, and the numbers seen
Delivery: stock-levels are keyed: written again after a crash they say the same, the last one wins
"""

from collections.abc import AsyncIterable
from typing import NamedTuple

from detectors.stock.levels import StockLevels
from schemas.stock_movement import StockMovement
from schemas.topics import DEAD_LETTERS, STOCK_LEVELS, STOCK_MOVEMENTS
from streams.batch import Batch, Input
from streams.keyed_records import keyed_records
from streams.process import Process
from streams.refusals import dead_letters
from streams.repeats import mark_repeats, sent
from streams.resend_filter import ResendFilter
from streams.snapshots.state_format import format_of_fields

__all__ = ["READS", "WRITES", "add_stock_agent"]

READS = (STOCK_MOVEMENTS,)
WRITES = (STOCK_LEVELS, DEAD_LETTERS)


class StockState(NamedTuple):
    """What is kept per partition."""

    levels: StockLevels
    seen: ResendFilter


def add_stock_agent(process: Process) -> None:
    """Add the agent and its source to a process."""

    def make_state(source: Input) -> StockState:
        return StockState(StockLevels(source.generation, source.topic.name, source.partition), ResendFilter())

    source = process.source(
        "stock", READS, make_state, state_format=format_of_fields(version=1), gather_ms=250
    )

    @process.app.agent(source.channel, name="stock")
    async def follow_levels(batches: AsyncIterable[Batch[StockState]]) -> None:
        async for batch in batches:
            with batch:
                decoded = batch.decode_structs(StockMovement)
                outcomes, batch.repeats = mark_repeats(decoded, batch.state.seen)
                levels = batch.state.levels.observe(sent(batch, outcomes))
                if batch.emit:
                    batch.put_keyed(STOCK_LEVELS, keyed_records(levels))
                    batch.put_keyed(DEAD_LETTERS, dead_letters(batch, decoded))
