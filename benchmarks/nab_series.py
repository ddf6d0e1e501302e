"""The series of the Numenta Anomaly Benchmark as its folders hold them: values by time, and true windows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError
from benchmarks.nab_scoring import Window

__all__ = ["LabelledSeries", "read_all"]

WINDOWS = "windows.json"


@dataclass(frozen=True)
class LabelledSeries:
    """One file: seconds since 1970, values, and the first and last row of each anomaly."""

    name: str
    seconds: NDArray[np.float64]
    values: NDArray[np.float64]
    windows: tuple[Window, ...]

    @property
    def folder(self) -> str:
        """Name of the folder it is in."""
        return self.name.rpartition("/")[0]


def read_all(folder: Path) -> list[LabelledSeries]:
    """Read every series that `windows.json` names, in the order of their names.

    Raises
    ------
    BenchmarkError
        A file is missing or is not what it should be, a value is not finite, or a window holds no row.

    """
    written = folder / WINDOWS
    if not written.is_file():
        raise BenchmarkError(f"no {WINDOWS} in {folder}")
    windows: dict[str, list[list[str]]] = orjson.loads(written.read_bytes())
    if not windows:
        raise BenchmarkError(f"{written} names no series")
    return [read_series(folder, name, windows[name]) for name in sorted(windows)]


def read_series(folder: Path, name: str, windows: list[list[str]]) -> LabelledSeries:
    """Read one file `timestamp,value` and find the rows of its windows."""
    try:
        frame = pl.read_csv(
            folder / name, columns=["timestamp", "value"], schema_overrides={"value": pl.Float64}
        )
        seconds = epoch(frame["timestamp"])
        ends = [epoch(pl.Series(window)) for window in windows]
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BenchmarkError(f"{folder / name}: {error}") from error
    values = frame["value"].to_numpy().astype(np.float64)
    if not len(values) or not np.isfinite(values).all():
        raise BenchmarkError(f"{folder / name} has no values, or some that are not finite")
    rows = [rows_between(seconds, window, name) for window in ends]
    return LabelledSeries(name, seconds, values, tuple(sorted(rows)))


def epoch(times: pl.Series) -> NDArray[np.float64]:
    """Read times, which have no zone and count as UTC, as seconds since 1970."""
    text = times.str.replace("T", " ", literal=True)
    parsed = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
    return parsed.dt.epoch("us").to_numpy().astype(np.float64) / 1e6


def rows_between(seconds: NDArray[np.float64], ends: NDArray[np.float64], name: str) -> Window:
    """Find the first and last row within a window, ends included."""
    rows = np.flatnonzero((seconds >= ends[0]) & (seconds <= ends[1]))
    if not len(rows):
        raise BenchmarkError(f"{name}: no row lies in the window from {ends[0]:.0f} to {ends[1]:.0f} s")
    return int(rows[0]), int(rows[-1])
