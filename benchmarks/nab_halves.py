"""How far a score on a few dozen series can be trusted, and what it is on series that were not looked at.

The threshold is chosen on a random half of the series and scored on the other, many times. To see how much is
luck, each series is also given without its first values: blocks, grids and warm-up then fall elsewhere, which
should not matter and does.
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
from detectors.anomaly.ensemble import Ensemble
from detectors.anomaly.full import FullDetector
from detectors.anomaly.lite import LiteDetector

__all__ = ["Halves", "report_halves", "validate"]

LEFT_OUT = (0, 7, 13, 22, 35, 50, 63, 81)
"""First values left out, all within any series' probation of 100 values and more."""
FACTORS = np.linspace(0.4, 1.8, 57)
"""Thresholds tried, as multiples of the one that ships."""
SEED = 7
ENSEMBLES = {"full": FullDetector, "lite": LiteDetector}

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Halves:
    """Scores of one detector in the standard profile.

    Parameters
    ----------
    name
        Of the detector.
    shipped
        At the threshold that ships, with each number of first values left out.
    as_chosen
        Of each half that was not looked at, at the other half's best threshold; mean over what was left out.

    """

    name: str
    shipped: Table
    as_chosen: Table


def validate(series: Sequence[LabelledSeries], halves: int) -> list[Halves]:
    """Cross-validate both detectors.

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
    parted = [draw.permutation(len(series)) for _ in range(halves)]
    windows = np.array([len(one.windows) for one in series])
    results = []
    for name, make in ENSEMBLES.items():
        tables = np.array([[totals(make(), one, left_out) for one in series] for left_out in LEFT_OUT])
        mean = tables.mean(axis=0)
        scores = [half_score(mean, windows, order) for order in parted]
        chosen = np.array([score for score in scores if score is not None])
        if not len(chosen):
            raise BenchmarkError("too few series with an anomaly for halves of them")
        shipped = tables[:, :, int(np.argmin(np.abs(FACTORS - 1.0)))].sum(axis=1)
        results.append(Halves(name, scaled(shipped, windows.sum()), chosen))
    return results


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


def totals(detector: Ensemble, series: LabelledSeries, left_out: int) -> Table:
    """Score a series without its first values at every threshold."""
    mixed, places = detector.mix(series.seconds[left_out:], series.values[left_out:])
    out = np.zeros(len(series.values))
    found = []
    for factor in FACTORS:
        rows = np.zeros(1, alarm_loops.SERIES)
        alarm_loops.raise_alarms(places, mixed, factor * detector.threshold, rows, out[left_out:])
        found.append(ledger(out, series.windows).total(PROFILES["standard"], ALARM))
    return np.array(found)


def report_halves(results: Sequence[Halves]) -> tuple[str, dict[str, float | None]]:
    """Write the table and what it adds to the record."""
    lines = [f"{'standard profile':20}{'shipped':>9}{'first values left out':>30}{'other half chose':>24}"]
    record: dict[str, float | None] = {}
    for one in results:
        low, mean, high = one.shipped.min(), one.shipped.mean(), one.shipped.max()
        halves = f"{one.as_chosen.mean():.1f} ± {one.as_chosen.std():.1f}"
        lines.append(
            f"{one.name:20}{one.shipped[0]:9.1f}{f'{mean:.1f} ({low:.1f} to {high:.1f})':>30}{halves:>24}"
        )
        record |= {
            f"{one.name}_left_out": round(float(mean), 2),
            f"{one.name}_halves": round(float(one.as_chosen.mean()), 2),
            f"{one.name}_halves_spread": round(float(one.as_chosen.std()), 2),
        }
    return "\n".join(lines), record
