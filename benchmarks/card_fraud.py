"""The card-fraud data and the published protocol for testing on it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError

__all__ = ["LABEL_DELAY", "Payments", "card_precision", "choose_rows", "read_payments"]

LABEL_DELAY = timedelta(days=7)
"""The handbook's delay, for every payment."""

TRAINING_DAYS = 14
"""The handbook's week of training and week of delay before a test week."""

COLUMNS = ("event_time", "customer_id", "terminal_id", "amount", "is_fraud")


@dataclass(frozen=True)
class Payments:
    """The file as columns, in time order.

    Parameters
    ----------
    times
        Event times with zone.
    seconds
        The same in seconds since 1970, shape (n,).
    days
        Number of the UTC day since 1970, shape (n,).
    customers, terminals
        Numbers, shape (n,).
    amounts_minor
        Minor units, shape (n,).
    frauds
        The labels, shape (n,); known 7 days after `times`.
    scenarios
        How a fraud was simulated, for figures only; 0 everywhere if the file does not say.

    """

    times: list[datetime]
    seconds: NDArray[np.int64]
    days: NDArray[np.int64]
    customers: NDArray[np.int64]
    terminals: NDArray[np.int64]
    amounts_minor: NDArray[np.int64]
    frauds: NDArray[np.bool_]
    scenarios: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the payments."""
        return len(self.times)


def read_payments(file: Path) -> Payments:
    """Read the parquet file.

    Raises
    ------
    BenchmarkError
        If it is missing, damaged or lacks a column.

    """
    try:
        table = pl.read_parquet(file)
        told = "scenario" in table.columns
        table = table.select(*COLUMNS, *(["scenario"] if told else [])).sort(
            "event_time", maintain_order=True
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        first_line = str(error).splitlines()[0]
        raise BenchmarkError(f"cannot read {file}: {first_line}") from None
    seconds = table["event_time"].dt.epoch("s").to_numpy()
    return Payments(
        times=[datetime.fromtimestamp(second, UTC) for second in seconds.tolist()],
        seconds=seconds.astype(np.int64),
        days=seconds // 86_400,
        customers=table["customer_id"].to_numpy().astype(np.int64),
        terminals=table["terminal_id"].to_numpy().astype(np.int64),
        amounts_minor=np.round(table["amount"].to_numpy() * 100).astype(np.int64),
        frauds=table["is_fraud"].to_numpy(),
        scenarios=(table["scenario"].to_numpy() if told else np.zeros(len(table))).astype(np.int64),
    )


def choose_rows(payments: Payments, test_from: date, weeks: int) -> NDArray[np.int64]:
    """Choose the payments that are tested, as the handbook does.

    On each test day, customers are left out who had a fraud between 14 days before the test week and 8 days
    before the test day: frauds of the week of training, then day by day those whose label is known.

    References
    ----------
    Handbook, chapter 3, "Baseline fraud detection system", `get_train_test_set`; for several weeks each has
    its own training week, as in chapter 5, "Prequential validation".

    """
    first = (test_from - date(1970, 1, 1)).days
    chosen: list[NDArray[np.int64]] = []
    for week in range(weeks):
        start = first + 7 * week
        for day in range(start, start + 7):
            known = payments.frauds & (payments.days >= start - TRAINING_DAYS) & (payments.days <= day - 8)
            kept = (payments.days == day) & ~np.isin(payments.customers, payments.customers[known])
            chosen.append(np.flatnonzero(kept))
    return np.concatenate(chosen)


def card_precision(
    scores: NDArray[np.float64],
    frauds: NDArray[np.bool_],
    customers: NDArray[np.int64],
    days: NDArray[np.int64],
    *,
    top: int = 100,
) -> float:
    """Give the share of defrauded customers among the `top` most suspicious ones, averaged over days.

    A customer found on one day is left out on later ones.

    References
    ----------
    Handbook, chapter 4, "Precision top-k metrics", `card_precision_top_k`.

    """
    found: set[int] = set()
    precisions = []
    for day in np.unique(days):
        worst: dict[int, tuple[float, bool]] = {}
        rows = np.flatnonzero(days == day)
        for customer, score, fraud in zip(
            customers[rows].tolist(), scores[rows].tolist(), frauds[rows].tolist(), strict=True
        ):
            if customer not in found:
                before = worst.get(customer, (-1.0, False))
                worst[customer] = (max(before[0], score), before[1] or fraud)
        ranked = sorted(worst.items(), key=lambda item: -item[1][0])[:top]
        detected = [customer for customer, (_, fraud) in ranked if fraud]
        found.update(detected)
        precisions.append(len(detected) / top)
    return float(np.mean(precisions))
