"""The card-fraud data set: a parquet file of payments with the verdict on each."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from producers.errors import BadInputFile

__all__ = ["Payments", "load_payments"]

COLUMNS = {
    "transaction_id": pl.Int64,
    "event_time": pl.Datetime("ms", "UTC"),
    "customer_id": pl.Int64,
    "terminal_id": pl.Int64,
    "amount": pl.Float64,
    "is_fraud": pl.Boolean,
}
EARLIEST_MS = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp() * 1000)
LATEST_MS = int(datetime(2099, 12, 1, tzinfo=UTC).timestamp() * 1000)
MOST_EXPENSIVE = 1e10


@dataclass(frozen=True)
class Payments:
    """Payments in order of time, one array per column, shape `(n,)` each.

    `times_ms` are milliseconds since 1970 UTC, `amounts_minor` minor units of the currency.
    """

    ids: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    customers: NDArray[np.int64]
    terminals: NDArray[np.int64]
    amounts_minor: NDArray[np.int64]
    frauds: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the payments."""
        return len(self.ids)


def load_payments(path: Path, limit: int | None = None) -> Payments:
    """Read the first `limit` payments of a file, in order of time.

    Raises
    ------
    BadInputFile
        The file is missing, damaged, empty, lacks a column or has one of another type, or a value is
        missing or impossible. The message is one line and names the first thing that is wrong.

    """
    if not path.is_file():
        raise BadInputFile(f"{path} does not exist" if not path.exists() else f"{path} is not a file")
    try:
        schema = pl.read_parquet_schema(path)
        missing = [name for name in COLUMNS if name not in schema]
        if missing:
            raise BadInputFile(f"{path} lacks the column {', '.join(missing)}; it has {', '.join(schema)}")
        check_types(path, schema)
        frame = pl.read_parquet(path, columns=list(COLUMNS)).cast(COLUMNS)  # type: ignore[arg-type]  # a dict
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise BadInputFile(f"{path} is damaged or not parquet: {str(error).splitlines()[0]}") from None
    frame = frame.sort("event_time", "transaction_id").head(len(frame) if limit is None else limit)
    check_values(path, frame)
    return Payments(
        ids=frame["transaction_id"].to_numpy(),
        times_ms=frame["event_time"].dt.epoch("ms").to_numpy(),
        customers=frame["customer_id"].to_numpy(),
        terminals=frame["terminal_id"].to_numpy(),
        amounts_minor=np.rint(frame["amount"].to_numpy() * 100).astype(np.int64),
        frauds=frame["is_fraud"].to_numpy(),
    )


def check_types(path: Path, schema: dict[str, pl.DataType]) -> None:
    """Refuse types that would be converted into something else than was meant.

    Raises
    ------
    BadInputFile
        A column has another type than the data set's.

    """
    for name, wanted in COLUMNS.items():
        found = schema[name]
        if name == "event_time":
            fits = isinstance(found, pl.Datetime) and found.time_zone is not None
        elif wanted == pl.Int64:
            fits = found.is_integer()
        else:
            fits = found.is_numeric() if wanted == pl.Float64 else found == wanted
        if not fits:
            raise BadInputFile(f"{path}: column {name} is {found}, expected {wanted}")


def check_values(path: Path, frame: pl.DataFrame) -> None:
    """Refuse values that no payment can have.

    Raises
    ------
    BadInputFile
        A value is missing, a time or an amount is impossible, or a transaction_id comes twice.

    """
    if frame.is_empty():
        raise BadInputFile(f"{path} holds no payments")
    for name in COLUMNS:
        if frame[name].null_count():
            raise BadInputFile(f"{path}: column {name} has {frame[name].null_count():,} missing values")
    impossible = ~frame["amount"].is_between(0, MOST_EXPENSIVE) | frame["amount"].is_nan()
    if impossible.any():
        raise BadInputFile(f"{path}: {impossible.sum():,} amounts are negative, not numbers or out of range")
    if not frame["event_time"].dt.epoch("ms").is_between(EARLIEST_MS, LATEST_MS).all():
        raise BadInputFile(f"{path}: event_time must lie between 2015 and 2099")
    if frame["transaction_id"].n_unique() != len(frame):
        raise BadInputFile(f"{path}: column transaction_id has repeated values")
