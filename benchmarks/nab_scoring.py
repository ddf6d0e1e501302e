"""The scoring rules of the Numenta Anomaly Benchmark, from their publication.

Lavin & Ahmad 2015, "Evaluating Real-time Anomaly Detection Algorithms - the Numenta Anomaly Benchmark"
(arXiv:1510.03336), section II, with what its scoreboard does where the text leaves it open: weights per
profile, and that a false positive behind all windows by more than three of their widths costs a whole one.

- A detection is a value whose score reaches the threshold; none counts in the probation, the first 15 % of a
  series, 750 values at most.
- Within a window only the first counts, by a scaled sigmoid of where it is: 1 at the window's first value,
  near 0 at its last. A window without one costs a miss.
- Every detection outside is a false positive. It costs next to nothing right behind a window and a whole one
  far behind; before the first window always a whole one.
- The sum over all series is scaled so that a detector that says nothing has 0 and a perfect one 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError

__all__ = ["PROFILES", "Ledger", "Profile", "Window", "best_threshold", "ledger", "normalised", "probation"]

Floats = NDArray[np.float64]
Window = tuple[int, int]
"""First and last row of an anomaly."""

PROBATION_SHARE, PROBATION_ROWS = 0.15, 5_000
FAR_BEHIND = 3.0
"""In widths of a window."""


@dataclass(frozen=True)
class Profile:
    """What counts how much: a detected window, a false positive, a missed window."""

    hit: float
    false: float
    miss: float


PROFILES = {
    "standard": Profile(1.0, 0.11, 1.0),
    "low_fp": Profile(1.0, 0.22, 1.0),
    "low_fn": Profile(1.0, 0.11, 2.0),
}


@dataclass(frozen=True)
class Ledger:
    """What a series' score gains as the threshold falls to a score: one entry for each that changes anything.

    Parameters
    ----------
    scores
        Of the entries.
    hits
        Windows detected first at this threshold, 0 or 1.
    rewards
        What is added to the reward of a window.
    costs
        False positives, weighted by their place, at most 0.
    windows
        Number of windows.

    """

    scores: Floats
    hits: Floats
    rewards: Floats
    costs: Floats
    windows: int

    def total(self, profile: Profile, threshold: float) -> float:
        """Add up the series' score at a threshold."""
        counted = self.scores >= threshold
        return float(self._gains(profile)[counted].sum()) - profile.miss * self.windows

    def totals(self, profile: Profile, thresholds: Floats) -> Floats:
        """Add up the series' score at many thresholds."""
        order = np.argsort(self.scores)
        sums = np.append(np.cumsum(self._gains(profile)[order][::-1])[::-1], 0.0)
        firsts = np.searchsorted(self.scores[order], thresholds, side="left")
        return np.asarray(sums[firsts] - profile.miss * self.windows)

    def _gains(self, profile: Profile) -> Floats:
        return profile.miss * self.hits + profile.hit * self.rewards + profile.false * self.costs


def probation(rows: int) -> int:
    """Give the number of rows at a series' start in which nothing counts."""
    return int(PROBATION_SHARE * min(rows, PROBATION_ROWS))


def scaled_sigmoid(position: Floats) -> Floats:
    """Weigh a place relative to a window's end, in its widths: 1 far before, 0 at the end, −1 behind."""
    weight = 2.0 / (1.0 + np.exp(5.0 * np.minimum(position, FAR_BEHIND))) - 1.0
    return np.where(position > FAR_BEHIND, -1.0, weight)


def ledger(scores: Floats, windows: Sequence[Window]) -> Ledger:
    """Write down what each of a series' scores is worth if it is a detection.

    Parameters
    ----------
    scores
        One for each row.
    windows
        In order of time, apart from each other.

    Raises
    ------
    BenchmarkError
        Windows overlap, are out of order or lie outside.

    """
    rows = np.arange(len(scores))
    bounds = [row for window in windows for row in window]
    if bounds != sorted(bounds) or not all(0 <= bound < len(rows) for bound in bounds):
        raise BenchmarkError(f"windows {list(windows)} of {len(rows)} rows overlap or lie outside")
    begin = probation(len(scores))
    outside, cost = rows >= begin, np.full(len(rows), -1.0)
    parts = []
    for first, last in windows:
        outside[first : last + 1] = False
        cost[last + 1 :] = scaled_sigmoid((rows[last + 1 :] - last) / max(last - first, 1))
        parts.append(of_window(scores, max(first, begin), first, last))
    false = rows[outside]
    nothing = np.zeros(len(false))
    parts.append((scores[false], nothing, nothing, cost[false]))
    entries, hits, rewards, costs = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Ledger(entries, hits, rewards, costs, len(windows))


def of_window(scores: Floats, begin: int, first: int, last: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Write down by how much each row of a window raises its reward, when the threshold falls to it."""
    rows = np.arange(begin, last + 1)
    falling = rows[np.argsort(-scores[rows], kind="stable")]
    positions = -(last - falling + 1) / (last - first + 1)
    worth = scaled_sigmoid(positions) / scaled_sigmoid(np.array(-1.0))
    rewards = np.diff(np.maximum.accumulate(worth), prepend=0.0)
    hits = np.zeros(len(rows))
    hits[:1] = 1.0
    return scores[falling], hits, rewards, np.zeros(len(rows))


def normalised(ledgers: Sequence[Ledger], profile: Profile, threshold: float) -> float:
    """Score several series together: 0 = silence, 100 = perfect.

    Raises
    ------
    BenchmarkError
        There is not a single window.

    """
    return scaled(sum(one.total(profile, threshold) for one in ledgers), ledgers, profile)


def scaled(total: float, ledgers: Sequence[Ledger], profile: Profile) -> float:
    """Scale a sum of series' scores."""
    windows = sum(one.windows for one in ledgers)
    if not windows:
        raise BenchmarkError("there is no anomaly window to be found, so no score")
    silence, perfect = -profile.miss * windows, profile.hit * windows
    return 100 * (total - silence) / (perfect - silence)


def best_threshold(ledgers: Sequence[Ledger], profile: Profile) -> tuple[float, float]:
    """Give the one threshold that is best for these series together, and their score with it."""
    thresholds = np.unique(np.concatenate([one.scores for one in ledgers]))
    thresholds = np.append(thresholds, np.inf)
    totals = np.sum([one.totals(profile, thresholds) for one in ledgers], axis=0)
    best = int(np.argmax(totals))
    return float(thresholds[best]), scaled(float(totals[best]), ledgers, profile)
