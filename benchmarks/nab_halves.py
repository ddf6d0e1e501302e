"""How far a score on a few dozen series can be trusted, and what it is on series that were not looked at.

The threshold is chosen on a random half of the series and scored on the other, many times; and for each
folder on all others. To see how much is luck, each series is also given without its first values: blocks,
grids and warm-up then fall elsewhere, which should not matter and does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError
from benchmarks.nab_scoring import PROFILES, ledger
from benchmarks.nab_series import LabelledSeries
from detectors.anomaly import alarm_loops
from detectors.anomaly.detector import ALARM
from detectors.anomaly.records import THRESHOLD, RecordDetector

__all__ = ["Halves", "report_halves", "validate"]

LEFT_OUT = (0, 7, 13, 22, 35, 50, 63, 81)
"""First values left out, all within any series' probation of 100 values and more."""
FACTORS = np.linspace(0.4, 1.8, 57)
"""Thresholds tried, as multiples of the one that ships."""
SEED = 7

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Halves:
    """Scores in the standard profile.

    Parameters
    ----------
    shipped
        At the threshold that ships, with each number of first values left out.
    chosen
        Of each half that was not looked at, at the other half's best threshold; mean over what was left out.
    folders
        Of all series, each at the best threshold of the other folders; mean over what was left out.

    """

    shipped: Table
    chosen: Table
    folders: float


def validate(series: Sequence[LabelledSeries], halves: int) -> Halves:
    """Cross-validate the detector.

    Parameters
    ----------
    series
        At least two, with an anomaly each or most.
    halves
        How often they are parted at random.

    Raises
    ------
    BenchmarkError
        No half had an anomaly.

    """
    draw = np.random.default_rng(SEED)
    windows = np.array([len(one.windows) for one in series])
    tables = np.array([[totals(one, left_out) for one in series] for left_out in LEFT_OUT])
    mean = tables.mean(axis=0)
    scores = [half_score(mean, windows, draw.permutation(len(series))) for _ in range(halves)]
    chosen = np.array([score for score in scores if score is not None])
    if not len(chosen):
        raise BenchmarkError("too few series with an anomaly for halves of them")
    shipped = tables[:, :, int(np.argmin(np.abs(FACTORS - 1.0)))].sum(axis=1)
    folders = np.array([one.folder for one in series])
    return Halves(scaled(shipped, windows.sum()), chosen, folder_score(mean, windows, folders))


def folder_score(table: Table, windows: NDArray[np.int64], folders: NDArray[np.str_]) -> float:
    """Score each folder at the threshold that is best for all others, together."""
    total = 0.0
    for folder in np.unique(folders):
        own = folders == folder
        total += table[own, int(np.argmax(table[~own].sum(axis=0)))].sum()
    return float(scaled(np.asarray(total), windows.sum()))


def half_score(table: Table, windows: NDArray[np.int64], order: NDArray[np.int64]) -> float | None:
    """Score one half at the threshold that is best for the other; None where it has nothing to find."""
    seen, unseen = order[: (len(order) + 1) // 2], order[(len(order) + 1) // 2 :]
    if not windows[unseen].sum():
        return None
    best = int(np.argmax(table[seen].sum(axis=0)))
    return float(scaled(table[unseen, best].sum(), windows[unseen].sum()))


def scaled(total: Table, windows: int) -> Table:
    """Scale sums of the standard profile: silence is −1 a window, perfection 1."""
    return np.asarray(100 * (total + windows) / (2 * windows))


def totals(series: LabelledSeries, left_out: int) -> Table:
    """Score a series without its first values at every threshold."""
    mixed, places = RecordDetector().mix(series.seconds[left_out:], series.values[left_out:])
    out = np.zeros(len(series.values))
    found = []
    for factor in FACTORS:
        alarms = np.zeros(1, alarm_loops.SERIES)
        alarm_loops.raise_alarms(places, mixed, factor * THRESHOLD, alarms, out[left_out:])
        found.append(ledger(out, series.windows).total(PROFILES["standard"], ALARM))
    return np.array(found)


def report_halves(halves: Halves) -> tuple[str, dict[str, float | None]]:
    """Write two lines, and what they add to the record."""
    low, mean, high = (float(part(halves.shipped)) for part in (np.min, np.mean, np.max))
    halved, spread = float(halves.chosen.mean()), float(halves.chosen.std())
    lines = [
        f"without the first {', '.join(map(str, LEFT_OUT))} values, threshold as shipped, standard: "
        f"{mean:.1f} ({low:.1f} to {high:.1f})",
        f"random halves, threshold of the other half, {len(halves.chosen)} times, standard: "
        f"{halved:.1f} ± {spread:.1f}",
        f"each folder at the threshold of the others, standard: {halves.folders:.1f}",
    ]
    record = {
        "left_out": mean,
        "left_out_low": low,
        "halves": halved,
        "halves_spread": spread,
        "folders": halves.folders,
    }
    return "\n".join(lines), {name: round(value, 2) for name, value in record.items()}
