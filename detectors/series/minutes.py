"""Figures of each minute, as far as one input partition has come."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf

import numpy as np

from detectors.errors import SnapshotRefused
from detectors.series.figures import FIGURES, Contribution, Countable
from detectors.series.goods import GOODS_SERIES, Categories, OddCounts
from detectors.snapshot import Parts, column, packed_texts, texts
from detectors.watermark import Watermark
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from schemas.structs import struct_for_writing

__all__ = ["MinuteSeries"]

PARTIAL, ORIGIN = struct_for_writing(MetricPartial), struct_for_writing(Origin)

MINUTE_SECONDS = 60
COLUMNS = ("minute", "place", "count", "total", "offset")


Place = tuple[str, str, str, str]
"""Whose figure it is: series, store, channel, category. Plain, because one is made for each figure."""


class Partial:
    """What a minute has come to."""

    __slots__ = ("count", "is_touched", "offset", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0
        self.offset = 0
        self.is_touched = False


class MinuteSeries:
    """Cumulative count and sum per series, store, channel and minute of one input partition.

    A minute is kept until the watermark is `late_hours` past it. What comes later is counted in `late` and
    nowhere else: a minute that was dropped must never start again from zero, because the last partial wins.
    Raw events reach ClickHouse all the same. Goods are counted by category and channel, in no store, and no
    more than `MOST_CATEGORIES` of those two days are told apart.

    Parameters
    ----------
    generation, topic, partition
        Where the events come from, for the origin of what comes out.
    late_hours
        Chosen: a till that was offline over a weekend's closed day still counts.
    odd
        Where lines are counted that are of no category any more.

    Cost: about 2 µs an event. Memory: about 200 bytes per figure and minute of the last 48 hours.

    """

    def __init__(
        self,
        generation: str,
        topic: str,
        partition: int,
        *,
        late_hours: float = 48.0,
        odd: OddCounts | None = None,
    ) -> None:
        self._generation = generation
        self._topic = topic
        self._partition = partition
        self._late_seconds = late_hours * 3_600
        self._minutes: dict[int, dict[Place, Partial]] = {}
        self._touched: list[tuple[int, Place, Partial]] = []
        self._watermark = Watermark()
        self._cleared_to = -inf
        self.categories = Categories(odd=odd)
        self.late = 0
        """Events that came after their minute was closed for good."""

    def __len__(self) -> int:
        """Count the figures kept."""
        return sum(map(len, self._minutes.values()))

    def count(self, batch: Sequence[tuple[int, Countable]]) -> None:
        """Count events of its topic, each with its offset, in offset order."""
        figures_of = FIGURES[self._topic]
        for offset, event in batch:
            contribution = figures_of(event)
            if contribution is None or not contribution.figures:
                continue
            seconds = contribution.occurred_at.timestamp()
            closed = self._watermark.advance(seconds) - self._late_seconds
            minute = int(seconds // MINUTE_SECONDS) * MINUTE_SECONDS
            if minute < closed:
                self.late += 1
                continue
            partials = self._minutes.setdefault(minute, {})
            for place, total in self._places(contribution, minute):
                partial = partials.get(place)
                if partial is None:
                    partial = partials[place] = Partial()
                partial.count += 1
                partial.total += total
                partial.offset = offset
                if not partial.is_touched:
                    partial.is_touched = True
                    self._touched.append((minute, place, partial))
            # An hour at a time, so that the search costs nothing.
            if closed >= self._cleared_to + 3_600:
                self._clear(closed)

    def _places(self, contribution: Contribution, minute: int) -> list[tuple[Place, int]]:
        """Say which figures an event adds to, and what."""
        store_id, channel = contribution.store_id, contribution.channel
        places: list[tuple[Place, int]] = [
            ((series, store_id, channel, ""), total) for series, total in contribution.figures
        ]
        for category, _, worth in contribution.goods:
            if self.categories.admit(category, minute):
                places.append(((GOODS_SERIES, "", channel, category), worth))
        return places

    def touched(self) -> list[MetricPartial]:
        """Give the partials that changed since the last call, cumulative, in the order of their change."""
        touched, self._touched = self._touched, []
        moments = {minute: datetime.fromtimestamp(minute, UTC) for minute in {one[0] for one in touched}}
        for _, _, partial in touched:
            partial.is_touched = False
        return [
            PARTIAL(
                series=series,
                store_id=store_id,
                channel=channel,
                category=category,
                minute=moments[minute],
                count=partial.count,
                total=partial.total,
                origin=ORIGIN(
                    generation=self._generation,
                    topic=self._topic,
                    partition=self._partition,
                    offset=partial.offset,
                ),
            )
            for minute, (series, store_id, channel, category), partial in touched
        ]

    def snapshot(self) -> Parts:
        """Copy all figures; what was touched since the last call of `touched` must have been given out.

        Cost: .4 µs a figure.
        """
        places: dict[Place, int] = {}
        kept = [
            (minute, places.setdefault(place, len(places)), partial.count, partial.total, partial.offset)
            for minute, partials in self._minutes.items()
            for place, partial in partials.items()
        ]
        columns = np.array(kept, np.int64).reshape(len(kept), 5)
        return {
            **{name: np.ascontiguousarray(columns[:, at]) for at, name in enumerate(COLUMNS)},
            **packed_texts("places", [text for place in places for text in place]),
            **self._watermark.snapshot(),
            "progress": np.array([self._cleared_to, self.late]),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a copy, in an object that has counted nothing yet.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together.

        """
        words = texts(parts, "places")
        if len(words) % 4:
            raise SnapshotRefused(f"places are of four words each, it has {len(words)}")
        places: list[Place] = list(zip(*(words[at::4] for at in range(4)), strict=True))
        minutes = column(parts, "minute", np.int64)
        rows = [column(parts, name, np.int64, len(minutes)) for name in COLUMNS]
        if len(minutes) and not 0 <= rows[1].min() <= rows[1].max() < len(places):
            raise SnapshotRefused(f"a figure is of a place that is not among {len(places)}")
        progress = column(parts, "progress", np.float64, 2).tolist()
        self._watermark.restore(parts)
        self._cleared_to, self.late = progress[0], int(progress[1])
        for minute, place, count, total, offset in zip(*(row.tolist() for row in rows), strict=True):
            partial = self._minutes.setdefault(minute, {})[places[place]] = Partial()
            if category := places[place][3]:
                self.categories.admit(category, minute)
            partial.count, partial.total, partial.offset = count, total, offset

    def _clear(self, closed: float) -> None:
        self._cleared_to = closed
        self.categories.forget(closed)
        for minute in [minute for minute in self._minutes if minute < closed]:
            del self._minutes[minute]
