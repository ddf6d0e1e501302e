"""How many of each source's numbered events came through one input partition."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, NamedTuple

import numpy as np

from detectors.series.figures import Countable
from detectors.snapshot import Parts, column, packed_texts, texts
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.arrival_partial import ArrivalPartial
from schemas.click import Click
from schemas.origin import Origin
from schemas.score import Score
from schemas.stock_movement import StockMovement
from schemas.structs import struct_for_writing
from schemas.topics import CLICKS, SCORES, STOCK_MOVEMENTS

__all__ = ["Arrivals"]

PARTIAL, ORIGIN = struct_for_writing(ArrivalPartial), struct_for_writing(Origin)

REPLACED_SECONDS = 3 * DAY_SECONDS
"""A run is kept so long after its source began another: a spool that was cut off over a weekend still drains
into it. Chosen, not tuned."""

QUIET_SECONDS = 14 * DAY_SECONDS
"""The newest run of a source is kept so long without an event, for a till may rarely sell to the customers
of this partition. As long as the partials themselves are kept in Kafka."""

CLEAN_EVERY_SECONDS = 3_600.0

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COLUMNS = ("arrived", "highest", "offset", "last_occurred_at")


class Run(NamedTuple):
    """What is numbered from 0 without a gap."""

    source: str
    run: str
    topic: str


class Numbered(NamedTuple):
    """An event's place in its source's count."""

    run: Run
    seq: int
    store_id: str
    occurred_at: datetime


class Tally:
    """What has come of a run. `quiet_since` is the watermark at its last event, in seconds since 1970."""

    __slots__ = ("arrived", "highest", "last_occurred_at", "offset", "quiet_since", "store_id")

    def __init__(self, event: Numbered) -> None:
        self.arrived = 0
        self.highest = event.seq
        self.last_occurred_at = event.occurred_at
        self.store_id = event.store_id
        self.offset = 0
        self.quiet_since = -inf


def numbered_click(click: Click) -> Numbered:
    """Find a click's number."""
    run = Run(click.source, click.run, CLICKS.name)
    return Numbered(run, click.seq, click.store_id, click.occurred_at)


def numbered_movement(movement: StockMovement) -> Numbered:
    """Find a stock movement's number."""
    run = Run(movement.source, movement.run, STOCK_MOVEMENTS.name)
    return Numbered(run, movement.seq, movement.place_id, movement.occurred_at)


def numbered_payment(score: Score) -> Numbered | None:
    """Find a payment's number; None for scores without one and those written before they had numbers."""
    payment = score.payment
    if payment is None or payment.run is None or payment.seq is None:
        return None
    run = Run(payment.source, payment.run, score.origin.topic)
    return Numbered(run, payment.seq, payment.store_id, payment.occurred_at)


NUMBERED: Mapping[str, Callable[[Any], Numbered | None]] = {
    SCORES.name: numbered_payment,
    CLICKS.name: numbered_click,
    STOCK_MOVEMENTS.name: numbered_movement,
}
"""What finds a record's number, by the name of its topic."""


class Arrivals:
    """Cumulative count of distinct events per source, run and topic that the source numbers.

    Repeats must have been removed. A run is forgotten three days after its source began another one, or after
    two weeks without an event. An event that comes later still is counted in `late` and nowhere else, for a
    count that began again from one would replace the true one: it is recognised by belonging to an unknown
    run of a known source and being more than three days old.

    Parameters
    ----------
    generation, topic, partition
        Where the events come from, for the origin of what comes out.

    Cost: about 1 µs an event. Memory: about 500 bytes per source, run and topic.

    """

    def __init__(self, generation: str, topic: str, partition: int) -> None:
        self._generation = generation
        self._topic = topic
        self._partition = partition
        self._tallies: OrderedDict[Run, Tally] = OrderedDict()
        self._newest: dict[tuple[str, str], str] = {}
        self._touched: dict[Run, Tally] = {}
        self._watermark = Watermark()
        self._cleaned_at = -inf
        self.late = 0
        """Events of runs that were forgotten."""

    def __len__(self) -> int:
        """Count the runs kept."""
        return len(self._tallies) + len(self._newest)

    def count(self, batch: Sequence[tuple[int, Countable]]) -> None:
        """Count events of its topic, each with its offset, in offset order."""
        number_of = NUMBERED[self._topic]
        for offset, event in batch:
            found = number_of(event)
            if found is None:
                continue
            watermark = self._watermark.advance(found.occurred_at.timestamp())
            tally = self._tallies.get(found.run)
            if tally is None:
                tally = self._begin(found, watermark)
                if tally is None:
                    self.late += 1
                    continue
            tally.arrived += 1
            tally.highest = max(tally.highest, found.seq)
            tally.last_occurred_at = max(tally.last_occurred_at, found.occurred_at)
            tally.offset = offset
            tally.quiet_since = watermark
            self._tallies.move_to_end(found.run)
            self._touched[found.run] = tally
            if watermark > self._cleaned_at + CLEAN_EVERY_SECONDS:
                self._clean(watermark)

    def touched(self) -> list[ArrivalPartial]:
        """Give the partials that changed since the last call, cumulative, in the order of their change."""
        partials = [
            PARTIAL(
                source=run.source,
                run=run.run,
                topic=run.topic,
                store_id=tally.store_id,
                arrived=tally.arrived,
                highest_seq=tally.highest,
                last_occurred_at=tally.last_occurred_at,
                origin=ORIGIN(
                    generation=self._generation,
                    topic=self._topic,
                    partition=self._partition,
                    offset=tally.offset,
                ),
            )
            for run, tally in self._touched.items()
        ]
        self._touched.clear()
        return partials

    def snapshot(self) -> Parts:
        """Copy all counts, those quiet longest first; what was touched must have been given out.

        Cost: 2 µs a run.
        """
        runs, tallies = list(self._tallies), list(self._tallies.values())
        counts = [
            (tally.arrived, tally.highest, tally.offset, (tally.last_occurred_at - EPOCH) // MICROSECOND)
            for tally in tallies
        ]
        columns = np.array(counts, np.int64).reshape(len(counts), 4)
        named = [word for run, tally in zip(runs, tallies, strict=True) for word in (*run, tally.store_id)]
        newest = [word for (source, topic), run in self._newest.items() for word in (source, topic, run)]
        return {
            **{name: np.ascontiguousarray(columns[:, at]) for at, name in enumerate(COLUMNS)},
            "quiet_since": np.array([tally.quiet_since for tally in tallies]),
            **packed_texts("runs", named),
            **packed_texts("newest", newest),
            **self._watermark.snapshot(),
            "progress": np.array([self._cleaned_at, self.late]),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a copy, in an object that has counted nothing yet.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together.

        """
        words, newest = texts(parts, "runs"), texts(parts, "newest")
        count = len(words) // 4
        rows = [column(parts, name, np.int64, count).tolist() for name in COLUMNS]
        quiet = column(parts, "quiet_since", np.float64, count).tolist()
        progress = column(parts, "progress", np.float64, 2).tolist()
        self._watermark.restore(parts)
        self._cleaned_at, self.late = progress[0], int(progress[1])
        for at, (arrived, highest, offset, micros, since) in enumerate(zip(*rows, quiet, strict=True)):
            source, run, topic, store_id = words[4 * at : 4 * at + 4]
            occurred_at = EPOCH + micros * MICROSECOND
            tally = Tally(Numbered(Run(source, run, topic), highest, store_id, occurred_at))
            tally.arrived, tally.offset, tally.quiet_since = arrived, offset, since
            self._tallies[Run(source, run, topic)] = tally
        for source, topic, run in zip(newest[::3], newest[1::3], newest[2::3], strict=False):
            self._newest[source, topic] = run

    def _begin(self, event: Numbered, watermark: float) -> Tally | None:
        """Start to count a run; None if it may be one that was forgotten."""
        place = (event.run.source, event.run.topic)
        replaced = self._newest.get(place)
        if replaced is not None:
            if event.occurred_at.timestamp() < watermark - REPLACED_SECONDS:
                return None
            before = self._tallies.get(Run(event.run.source, replaced, event.run.topic))
            if before is not None:
                before.quiet_since = watermark
                self._tallies.move_to_end(Run(event.run.source, replaced, event.run.topic))
        self._newest[place] = event.run.run
        tally = self._tallies[event.run] = Tally(event)
        return tally

    def _clean(self, watermark: float) -> None:
        if self._cleaned_at == -inf:  # nothing has a time yet
            for tally in self._tallies.values():
                tally.quiet_since = watermark
        self._cleaned_at = watermark
        for run in list(self._quiet(watermark - REPLACED_SECONDS)):
            place = (run.source, run.topic)
            is_newest = self._newest.get(place) == run.run
            if is_newest and self._tallies[run].quiet_since >= watermark - QUIET_SECONDS:
                continue
            if is_newest:
                del self._newest[place]
            del self._tallies[run]

    def _quiet(self, since: float) -> Iterable[Run]:
        """Yield the runs without an event since then; the longest quiet come first."""
        for run, tally in self._tallies.items():
            if tally.quiet_since >= since:
                return
            yield run
