"""Series of values that somebody has written down, as CSV: a time and one or more figures a line."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from producers.errors import BadInputFile

__all__ = ["SeriesFile", "read_series_file"]

NUMBERS = (pl.Float64, pl.Int64)


@dataclass(frozen=True)
class SeriesFile:
    """Names of the figures; seconds since 1970, shape (n,); the figures, shape (n, figures)."""

    names: tuple[str, ...]
    seconds: NDArray[np.float64]
    values: NDArray[np.float64]


def read_series_file(file: Path) -> SeriesFile:
    """Read a file with a header line; its first column is the time, without a zone in UTC.

    Raises
    ------
    BadInputFile
        A column is no time or no number, a value is missing, or time goes back.

    """
    try:
        frame = pl.read_csv(file, infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadInputFile(f"{file}: {error}") from error
    if frame.width < 2 or not frame.height:
        raise BadInputFile(f"{file}: a time and at least one figure were expected, and at least one line")
    names = tuple(frame.columns[1:])
    for name in names:
        if frame[name].dtype not in NUMBERS or frame[name].has_nulls():
            raise BadInputFile(f"{file}: every line of the column {name} must hold a number")
    seconds = seconds_of(frame.to_series(0), file)
    if len(back := np.flatnonzero(np.diff(seconds) < 0)):
        raise BadInputFile(f"{file}: line {back[0] + 3} is earlier than the one before it")
    return SeriesFile(names, seconds, frame.select(pl.col(names).cast(pl.Float64)).to_numpy())


def seconds_of(times: pl.Series, file: Path) -> NDArray[np.float64]:
    """Read times: seconds since 1970, or date and time."""
    if times.dtype in NUMBERS:
        seconds = times.cast(pl.Float64)
    else:
        text = times.cast(pl.String).str.replace("T", " ", literal=True).str.replace(r"(Z|\+00:00)$", "")
        parsed = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
        seconds = parsed.dt.epoch("us").cast(pl.Float64) / 1e6
    if seconds.has_nulls():
        at = int(seconds.is_null().arg_max() or 0)
        raise BadInputFile(f"{file}: line {at + 2} has no time such as 2026-05-04 14:05:00 in UTC")
    return seconds.to_numpy().astype(np.float64)
