"""A small file like the card-fraud data set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl

__all__ = ["card_fraud_frame", "write_card_fraud"]


def card_fraud_frame(payments: int = 2_000, days: int = 12, seed: int = 1) -> pl.DataFrame:
    """Make payments over so many days, in order of time."""
    random = Random(seed)
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    seconds = sorted(random.randrange(days * 86_400) for _ in range(payments))
    return pl.DataFrame(
        {
            "transaction_id": list(range(payments)),
            "event_time": [begin + timedelta(seconds=second) for second in seconds],
            "customer_id": [random.randrange(200) for _ in range(payments)],
            "terminal_id": [random.randrange(300) for _ in range(payments)],
            "amount": [round(random.uniform(0, 220), 2) for _ in range(payments)],
            "is_fraud": [random.random() < 0.05 for _ in range(payments)],
            "scenario": [0] * payments,
        },
        schema_overrides={
            "event_time": pl.Datetime("ms", "UTC"),
            "customer_id": pl.Int32,
            "terminal_id": pl.Int32,
            "scenario": pl.Int8,
        },
    )


def write_card_fraud(path: Path, *, payments: int = 2_000, days: int = 12) -> Path:
    """Write such a file."""
    card_fraud_frame(payments, days).write_parquet(path)
    return path
