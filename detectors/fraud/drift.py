"""Features, scores and the share of reviews whose level has changed, per channel."""

from collections import deque
from datetime import UTC, datetime
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.day_book import Day
from detectors.fraud.features import FEATURE_NAMES, FEATURES, KEPT_DAYS, WARM_UP_DAYS, Feature
from detectors.fraud.matured import MATURITY_DAYS
from detectors.fraud.shift_windows import KEPT, ShiftWindows
from detectors.watermark import DAY_SECONDS
from schemas.drift import Drift

__all__ = ["FIGURES", "DriftWatch"]

BY_CALENDAR = frozenset({"night", "weekend"})
"""Features that are the time itself: what they say is taken out of all figures."""

FIGURES = (*FEATURE_NAMES, "score", "alert_rate")

BLOCK_SECONDS = 3 * 3_600
BLOCKS_PER_DAY = 8
KINDS_OF_BLOCK = 2 * BLOCKS_PER_DAY
"""By time of day, and whether it is a weekend: what a daily or weekly rhythm does is no drift."""

FEWEST = 20
"""Payments in a block; with fewer its mean says little, and it is passed over."""

REFERENCE_DAYS = 8
"""A week from any day on, so that every kind of block was seen."""

FARTHEST = 4.0
"""Standard deviations at which a single payment is cut off: one absurd amount is no drift."""

LEAST_SPREAD = 0.05
"""Taken for the standard deviation where less was seen: a feature that was always 0 is not a surprise at .01.
"""

LEAST_SHIFT = 0.25
"""Standard deviations of single payments. With many payments far smaller shifts are sure but do not matter.
"""


def filling_days(feature: Feature) -> float:
    """Say how many days after the beginning of a stream a feature's level depends on its age."""
    if feature.window == "all labels":
        return KEPT_DAYS + MATURITY_DAYS
    count, _, unit = feature.window.partition(" ")
    days = float(count) if unit == "days" else 0.0
    return max(WARM_UP_DAYS, days + MATURITY_DAYS if feature.source == "terminal" else days)


FILLING_DAYS = np.array([*map(filling_days, FEATURES), WARM_UP_DAYS, WARM_UP_DAYS])
"""Of each figure. In the card-fraud data, which do not change, three of four findings were windows of labels
that filled, and the fourth the table of amounts, which is learnt from all labels."""


class DriftWatch:
    """Compares blocks of three hours with those of the same time of day before.

    ADWIN reads the means of blocks, not payments: a payment costs a sum whatever is watched, and a rhythm can
    be taken out. A figure is not looked at while its window fills: two weeks at least, 67 days if it counts
    labels of 60. The week after is the reference. A figure that drifted gets a new one.

    Cost: .5 µs a payment and figure in whole days; 20 µs a block and figure. Memory: see `ShiftWindows`.
    """

    def __init__(self) -> None:
        self._begins = inf
        self._segments: dict[str, Segment] = {}

    def begin(self, seconds: float) -> None:
        """Say that the stream has payments of this time, which were not given here."""
        self._begins = min(self._begins, seconds)

    def take(self, day: Day) -> list[Drift]:
        """Take in the next whole day, and say what has changed."""
        self.begin(float(day.seconds[0]))
        filled = day.seconds[0] >= self._begins + FILLING_DAYS * DAY_SECONDS
        if not filled.any():
            return []
        figures = np.column_stack([day.features, day.scores, day.reviewed])
        blocks = (day.seconds // BLOCK_SECONDS).astype(np.int64)
        found = []
        for name in np.unique(day.channels).tolist():
            segment = self._segments.setdefault(name, Segment(name))
            own = day.channels == name
            for block in np.unique(blocks[own]).tolist():
                rows = figures[own & (blocks == block)]
                if len(rows) >= FEWEST:
                    found += segment.take(block, rows, filled)
        return found


class Segment:
    """The figures of one channel; each first fills its reference, then is watched."""

    def __init__(self, name: str) -> None:
        self._name = name
        width = len(FIGURES)
        self._since = np.full(width, np.nan)
        self._counts = np.zeros(width)
        self._sums = np.zeros(width)
        self._squares = np.zeros(width)
        # Of each kind of block: how many were seen, and the sum of their means.
        self._seen = np.zeros((KINDS_OF_BLOCK, width))
        self._levels = np.zeros((KINDS_OF_BLOCK, width))
        self._windows = ShiftWindows(width)
        self._sizes: deque[int] = deque(maxlen=KEPT)

    def take(self, block: int, rows: NDArray[np.float64], filled: NDArray[np.bool_]) -> list[Drift]:
        """Take in the payments of a block, three hours counted from 1970; `filled` is of each figure."""
        begin, kind = float(block * BLOCK_SECONDS), kind_of(block)
        self._since[np.isnan(self._since) & filled] = begin
        learning = begin < self._since + REFERENCE_DAYS * DAY_SECONDS
        self._learn(kind, rows, learning)
        self._sizes.append(len(rows))
        watched = np.flatnonzero(~learning & (self._seen[kind] > 0))
        if not len(watched):
            return []
        means = self._sums[watched] / self._counts[watched]
        variances = np.maximum(self._squares[watched] / self._counts[watched] - means**2, 0.0)
        spreads = np.maximum(np.sqrt(variances), LEAST_SPREAD)
        seen = ((rows[:, watched] - means) / spreads).clip(-FARTHEST, FARTHEST).mean(axis=0)
        usual = (self._levels[kind, watched] / self._seen[kind, watched] - means) / spreads
        found = []
        for place, figure in enumerate(watched.tolist()):
            step = self._asked(figure, float(seen[place] - usual[place]))
            if step is None:
                continue
            level = float(means[place])
            found.append(
                Drift(
                    figure=FIGURES[figure],
                    segment=self._name,
                    found_at=datetime.fromtimestamp(begin + BLOCK_SECONDS, UTC),
                    usual=level,
                    now=level + step.shift * float(spreads[place]),
                    shift=step.shift,
                    payments=sum(list(self._sizes)[-step.blocks :]),
                    detector="drift/1",
                )
            )
            self._start_over(figure)
        return found

    def _learn(self, kind: int, rows: NDArray[np.float64], learning: NDArray[np.bool_]) -> None:
        self._counts[learning] += len(rows)
        self._sums[learning] += rows[:, learning].sum(axis=0)
        self._squares[learning] += (rows[:, learning] ** 2).sum(axis=0)
        self._levels[kind, learning] += rows[:, learning].mean(axis=0)
        self._seen[kind, learning] += 1

    def _asked(self, figure: int, residual: float) -> "Step | None":
        """Give the step if there is one that matters."""
        if FIGURES[figure] in BY_CALENDAR:
            return None
        if not self._windows.add(figure, residual):
            return None
        since, shift = largest_step(self._windows.latest(figure))
        return Step(shift, since) if abs(shift) >= LEAST_SHIFT else None

    def _start_over(self, figure: int) -> None:
        """Let a figure that drifted fill a new reference, from the next block on."""
        self._since[figure] = np.nan
        for sums in (self._counts, self._sums, self._squares):
            sums[figure] = 0
        self._seen[:, figure] = self._levels[:, figure] = 0
        self._windows.clear(figure)


class Step(NamedTuple):
    """A change of level: in standard deviations of single payments, and how many blocks ago."""

    shift: float
    blocks: int


def largest_step(residuals: NDArray[np.float64]) -> tuple[int, float]:
    """Find where the means before and after differ most surely: values after it, and the difference."""
    count = len(residuals)
    before = np.arange(1, count)
    sums = np.cumsum(residuals)
    steps = (sums[-1] - sums[:-1]) / (count - before) - sums[:-1] / before
    place = int(np.argmax(np.abs(steps) * np.sqrt(before * (count - before))))
    return count - 1 - place, float(steps[place])


def kind_of(block: int) -> int:
    """Give the time of day and whether it is a weekend (UTC); 1970 began on a Thursday."""
    day, of_day = divmod(block, BLOCKS_PER_DAY)
    return of_day + BLOCKS_PER_DAY * ((day + 3) % 7 >= 5)
