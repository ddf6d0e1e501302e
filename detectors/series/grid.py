"""The newest minutes of many series, as arrays: partials in, finished minutes out, all series at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.series.generations import replaces
from detectors.series.grid_loops import PART, add_parts, clear_minute
from schemas.metric_partial import MetricPartial

__all__ = ["Correction", "MinuteGrid", "Place"]

MINUTE_SECONDS = 60
FIRST_ROWS = 64
UNKNOWN = 2**62


class Place(NamedTuple):
    """Whose figure it is: the name of a series, a store, a channel."""

    series: str
    store_id: str
    channel: str


class Correction(NamedTuple):
    """By how much the figure of a minute changed after it had been handed out as finished."""

    row: int
    minute: int
    counted: int
    total: int


class MinuteGrid:
    """Sums of cumulative partials per series and minute, for the newest minutes only.

    A minute is handed out once, when it is said to be finished; what comes for it later, while it is still
    kept, is a correction. What comes for a minute before those, or for one far after the first unfinished
    one, is counted in `late` or `ahead` and nowhere else.
    `watch.minute_book.MinuteBook` keeps two days and a history for a few hundred series; this has no object
    per series and minute: 20,000 series with 8 partitions take 5 MB a minute kept.

    Parameters
    ----------
    minutes
        How many are kept, the finished ones among them.

    Cost: about 1 µs a partial.

    """

    def __init__(self, minutes: int = 30) -> None:
        self.places: list[Place] = []
        """Whose figure each row is."""
        self.late = 0
        """Partials of minutes that are no longer kept."""
        self.ahead = 0
        """Partials of minutes so far after the first unfinished one that a clock must be wrong; left out."""
        self._kept = minutes
        self._rows: dict[tuple[str, str, str], int] = {}
        self._generations: list[str] = [""]
        self._numbers: dict[str, int] = {"": 0}
        self._newer = np.zeros((1, 1), np.bool_)
        self._parts = np.zeros((minutes, FIRST_ROWS, 1), PART)
        self._counts = np.zeros((minutes, FIRST_ROWS), np.int64)
        self._totals = np.zeros((minutes, FIRST_ROWS), np.int64)
        self._begin = self._end = 0
        self._open = UNKNOWN
        self._closed = False
        self._corrections: list[Correction] = []

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.places)

    def take(self, partials: Sequence[MetricPartial]) -> None:
        """Take partials in, in any order."""
        told = []
        for one in partials:
            origin = one.origin
            minute = int(one.minute.timestamp()) // MINUTE_SECONDS
            number = self._numbers.get(origin.generation)
            if number is None:
                number = self._number(origin.generation)
            row = self._rows.get((one.series, one.store_id, one.channel))
            if row is None:
                row = self._row(Place(one.series, one.store_id, one.channel))
            told.append((row, minute, origin.partition, number, origin.offset, one.count, one.total))
        if told:
            self._add(np.array(told, np.int64))

    def close(self, until: float) -> list[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """Hand out the minutes that end by a moment and were not handed out yet, oldest first.

        Parameters
        ----------
        until
            Seconds since 1970.

        Returns
        -------
        list
            Each minute's number from 1970, and counts and totals of all rows: 0 where nothing came.

        """
        end, rows = int(until // MINUTE_SECONDS), len(self)
        finished = []
        # Of a time in which nobody asked only the newest minutes are there.
        for minute in range(max(self._open, end - self._kept), end):
            at = minute % self._kept
            if minute < self._end:
                counts, totals = self._counts[at, :rows].copy(), self._totals[at, :rows].copy()
            else:
                counts, totals = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
            finished.append((minute, counts, totals))
        if finished:
            self._open, self._closed = end, True
        return finished

    def corrections(self) -> list[Correction]:
        """Give what has changed in finished minutes since the last call."""
        changed, self._corrections = self._corrections, []
        return changed

    def _add(self, told: NDArray[np.int64]) -> None:
        first = self._open if self._open != UNKNOWN else int(told[:, 1].min())
        ahead = told[:, 1] >= first + self._kept
        self.ahead += int(ahead.sum())
        told = told[~ahead]
        newest = int(told[:, 1].max(initial=first)) + 1
        if not self._end:
            self._begin = self._end = newest - self._kept
        for minute in range(max(self._end, newest - self._kept), newest):
            clear_minute(minute % self._kept, self._parts, self._counts, self._totals)
        self._end = max(self._end, newest)
        self._begin = self._end - self._kept
        kept = told[:, 1] >= self._begin
        self.late += len(told) - int(kept.sum())
        told = told[kept]
        if not self._closed:
            self._open = min(self._open, int(told[:, 1].min(initial=UNKNOWN)))
        partitions = int(told[:, 2].max(initial=0)) + 1
        if len(self) > self._counts.shape[1] or partitions > self._parts.shape[2]:
            self._widen(partitions)
        minutes = told[:, 1].copy()
        told[:, 1] %= self._kept
        changes = np.empty((len(told), 2), np.int64)
        add_parts(told, self._newer, self._parts, self._counts, self._totals, changes)
        for at in np.flatnonzero((minutes < self._open) & changes.any(axis=1)):
            row, minute, (count, total) = int(told[at, 0]), int(minutes[at]), changes[at].tolist()
            self._corrections.append(Correction(row, minute, count, total))

    def _row(self, place: Place) -> int:
        row = self._rows[place] = len(self.places)
        self.places.append(place)
        return row

    def _number(self, generation: str) -> int:
        number = self._numbers[generation] = len(self._generations)
        self._generations.append(generation)
        known = self._generations
        self._newer = np.array([[bool(one) and replaces(one, before) for before in known] for one in known])
        return number

    def _widen(self, partitions: int) -> None:
        """Make room for the rows that there are, twice as many, and for the partitions."""
        minutes, had, before = self._parts.shape
        rows = max(had, 2 * len(self)) if len(self) > had else had
        parts = np.zeros((minutes, rows, max(partitions, before)), PART)
        parts[:, :had, :before] = self._parts
        self._parts = parts
        more = ((0, 0), (0, rows - had))
        self._counts, self._totals = np.pad(self._counts, more), np.pad(self._totals, more)
