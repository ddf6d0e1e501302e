"""Count payments, clicks and stock movements per minute, and per source what has arrived.

Reads: scores, clicks, stock-movements
Writes: metrics, arrivals, dead-letters
Key: series, store, channel, minute, input partition; for arrivals source, run, topic, input partition
State: per partition figures of two days, counts per source, and the mark or numbers that stop repeats
Delivery: keyed and cumulative: written again after a crash they say the same, the last one wins
"""

from collections.abc import AsyncIterable, Sequence
from typing import NamedTuple

from detectors.series.arrivals import Arrivals
from detectors.series.figures import READ_OF_SCORES, Countable
from detectors.series.goods import nothing_odd
from detectors.series.minutes import MinuteSeries
from schemas.click import Click
from schemas.decode import own_decoder
from schemas.score import Score
from schemas.stock_movement import StockMovement
from schemas.topics import ARRIVALS, CLICKS, DEAD_LETTERS, METRICS, SCORES, STOCK_MOVEMENTS
from streams.batch import Batch, Input
from streams.dense_reader import DenseReader
from streams.keyed_records import keyed_records
from streams.process import Process
from streams.refusals import dead_letters
from streams.repeats import mark_repeats, scores_once, sent
from streams.resend_filter import ResendFilter
from streams.snapshots.state_format import format_of_fields

__all__ = ["READS", "WRITES", "add_series_agent"]

READS = (SCORES, CLICKS, STOCK_MOVEMENTS)
WRITES = (METRICS, ARRIVALS, DEAD_LETTERS)


class SeriesState(NamedTuple):
    """What is kept per partition."""

    series: MinuteSeries
    arrivals: Arrivals
    scores: DenseReader
    seen: ResendFilter


def add_series_agent(process: Process) -> None:
    """Add the agent and its source to a process."""
    odd = nothing_odd()

    def make_state(source: Input) -> SeriesState:
        place = (source.generation, source.topic.name, source.partition)
        return SeriesState(MinuteSeries(*place, odd=odd), Arrivals(*place), DenseReader(), ResendFilter())

    read = own_decoder(Score, READ_OF_SCORES)
    source = process.source(  # figures are of minutes: four rounds a second are enough
        "series",
        READS,
        make_state,
        state_format=format_of_fields(version=2),
        gather_ms=250,
        gives_way=True,
        odd=lambda: {"tillwatch_odd_goods_total": odd},
    )

    @process.app.agent(source.channel, name="series")
    async def count_minutes(batches: AsyncIterable[Batch[SeriesState]]) -> None:
        async for batch in batches:
            with batch:
                scored = batch.topic is SCORES  # payments come with their scores, so figures agree with them
                events = scores_once(batch, batch.state.scores, read) if scored else sent_once(batch)
                batch.state.series.count(events)
                batch.state.arrivals.count(events)
                partials, arrivals = batch.state.series.touched(), batch.state.arrivals.touched()
                if batch.emit:
                    batch.put_keyed(METRICS, keyed_records(partials))
                    batch.put_keyed(ARRIVALS, keyed_records(arrivals))


def sent_once(batch: Batch[SeriesState]) -> Sequence[tuple[int, Countable]]:
    """Take clicks and movements that their source sent for the first time."""
    if batch.topic is CLICKS:
        clicks = batch.decode_structs(Click)
        if batch.emit:  # of movements the stock agent writes them
            batch.put_keyed(DEAD_LETTERS, dead_letters(batch, clicks))
        marked, batch.repeats = mark_repeats(clicks, batch.state.seen)
        return sent(batch, marked)
    moved, batch.repeats = mark_repeats(batch.decode_structs(StockMovement), batch.state.seen)
    return sent(batch, moved)
