"""How well anomalies are found in the series of the Numenta Anomaly Benchmark.

The question: one detector, one threshold, every series from its first value on; which anomalies are found,
how soon, and at how many false alarms. The rules: `nab_scoring.py`; the detectors as they ship, at the alarm
level that ships, know neither a series' range nor its length, and nothing is fitted to the folder given. The
best threshold for the folder is shown beside it, because that is how published figures are made. The rivals'
figures are published ones; their code is not run.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.nab_scoring import (
    PROFILES,
    Ledger,
    best_threshold,
    ledger,
    normalised,
    probation,
)
from benchmarks.nab_series import WINDOWS, LabelledSeries
from detectors.anomaly.detector import ALARM
from detectors.anomaly.registry import DETECTORS

__all__ = ["NabResult", "measure_nab", "nab_folder", "report_nab"]

RUNS = 3
"""Of all series; the fastest counts."""

PEERS = (
    ("ARTime", 74.9, 65.2, 80.4), ("Numenta HTM", 70.1, 63.2, 74.3), ("CAD OSE", 69.9, 67.0, 73.2),
)  # fmt: skip
"""Published, all 58 series, the best threshold for them; most of these know each series' range beforehand."""


@dataclass(frozen=True)
class NabResult:
    """Scores of one detector.

    Parameters
    ----------
    name
        Of the detector.
    series
        What was scored.
    scores
        For each series, one for each value.
    us_per_event
        CPU per value, in batches of a whole series.

    """

    name: str
    series: Sequence[LabelledSeries]
    scores: Sequence[NDArray[np.float64]]
    us_per_event: float

    @property
    def ledgers(self) -> list[Ledger]:
        """What each series' scores are worth."""
        return [ledger(scores, one.windows) for one, scores in zip(self.series, self.scores, strict=True)]


def nab_folder(data: Path) -> Path:
    """Find the folder of series: the one given if it has windows of its own, else `nab` in it."""
    return data if (data / WINDOWS).is_file() else data / "nab"


def measure_nab(series: Sequence[LabelledSeries]) -> list[NabResult]:
    """Run each detector over each series, as if it had never seen another."""
    results = []
    values = sum(len(one.values) for one in series)
    for name, make in DETECTORS.items():
        make(1).observe(series[0].seconds, series[0].values)  # compiles
        took = []
        for _ in range(RUNS):
            started = time.process_time()
            scores = [make(1).observe(one.seconds, one.values) for one in series]
            took.append(time.process_time() - started)
        results.append(NabResult(name, series, scores, min(took) / values * 1e6))
    return results


def report_nab(results: Sequence[NabResult]) -> tuple[str, dict[str, float | None]]:
    """Write the tables, and the record of the last line: the first detector's figures, others by name."""
    series = results[0].series
    windows = sum(len(one.windows) for one in series)
    values = sum(len(one.values) for one in series)
    lines = [f"{len(series)} series, {values:,} values, {windows} anomalies"]
    record: dict[str, float | None] = {}
    for result in results:
        lines += ["", f"{result.name}: {result.us_per_event:.2f} µs a value"]
        lines += table_of_series(result) if result is results[0] else []
    lines += ["", f"{'':44}{'standard':>10}{'low FP':>9}{'low FN':>9}{'best':>9}"]
    for result in results:
        prefix = "" if result is results[0] else f"{result.name}_"
        figures = {name: normalised(result.ledgers, profile, ALARM) for name, profile in PROFILES.items()}
        figures["standard_best"] = best_threshold(result.ledgers, PROFILES["standard"])[1]
        lines.append(line_of(f"{result.name}, at the alarm level that ships", *figures.values()))
        record |= {f"{prefix}{name}": round(figure, 2) for name, figure in figures.items()}
        record[f"{prefix}us_per_event"] = round(result.us_per_event, 3)
    lines += [line_of(f"{name}, published, all 58 series", *figures) for name, *figures in PEERS]
    lines.append("best: at the best threshold for these series, as published figures are made")
    lines.append("threshold and all constants were chosen on 29 of the 58 series: docs/anomaly.md")
    return "\n".join(lines), record | {"series": float(len(series)), "windows": float(windows)}


def line_of(name: str, *figures: float) -> str:
    """Write a line of scores."""
    return f"{name:44}" + " " + "".join(f"{figure:9.1f}" for figure in figures)


def table_of_series(result: NabResult) -> list[str]:
    """Write a line for each series and one for each folder, in the standard profile."""
    lines = [f"{'':58}{'found':>8}{'false':>7}{'standard':>10}"]
    of_folder: dict[str, list[Ledger]] = {}
    found: dict[str, list[int]] = {}
    for one, scores, book in zip(result.series, result.scores, result.ledgers, strict=True):
        of_folder.setdefault(one.folder, []).append(book)
        hits, false = count_alarms(one, scores)
        found.setdefault(one.folder, []).extend([hits, false])
        lines.append(line_of_windows(f"  {one.name}", hits, false, [book]))
    lines += [
        line_of_windows(folder or ".", sum(found[folder][::2]), sum(found[folder][1::2]), books)
        for folder, books in of_folder.items()
    ]
    everything = [sum(sum(counts[part::2]) for counts in found.values()) for part in (0, 1)]
    return [*lines, line_of_windows("all", everything[0], everything[1], result.ledgers)]


def line_of_windows(name: str, hits: int, false: int, books: Sequence[Ledger]) -> str:
    """Write what was found of a series or of several."""
    windows = sum(book.windows for book in books)
    score = f"{normalised(books, PROFILES['standard'], ALARM):10.1f}" if windows else f"{'–':>10}"
    return f"{name:58}{f'{hits}/{windows}':>8}{false:7}{score}"


def count_alarms(series: LabelledSeries, scores: NDArray[np.float64]) -> tuple[int, int]:
    """Count the windows with an alarm, and the alarms outside, after the probation."""
    alarms = np.flatnonzero(scores >= ALARM)
    alarms = alarms[alarms >= probation(len(scores))]
    inside = [(first <= alarms) & (alarms <= last) for first, last in series.windows]
    outside = len(alarms) - sum(int(one.sum()) for one in inside)
    return sum(bool(one.any()) for one in inside), outside
