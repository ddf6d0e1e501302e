"""Features of payments as bytes: a quarter of the memory of so many numbers, and nothing to look through."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.features import FEATURE_NAMES
from detectors.snapshot import Parts, column

__all__ = ["feature_bytes", "feature_column", "feature_rows", "feature_table"]

WIDTH = len(FEATURE_NAMES)
ROW_BYTES = 8 * WIDTH


def feature_bytes(features: Sequence[float]) -> bytes:
    """Pack the features of a payment, in the order of `FEATURE_NAMES`. Cost: 1 µs."""
    return array("d", features).tobytes()


def feature_table(rows: Sequence[bytes]) -> NDArray[np.float64]:
    """Lay packed features out; shape (n_rows, n_features), and nothing to be written to."""
    return np.frombuffer(b"".join(rows), np.float64).reshape(len(rows), -1 if rows else WIDTH)


def feature_column(rows: Sequence[bytes]) -> Parts:
    """Write packed features."""
    return {"features": np.frombuffer(b"".join(rows), np.float64)}


def feature_rows(parts: Parts, count: int) -> list[bytes]:
    """Read so many rows of packed features.

    Raises
    ------
    SnapshotRefused
        There are more or fewer, or they are of another width.

    """
    whole = column(parts, "features", np.float64, count * WIDTH).tobytes()
    return [whole[at : at + ROW_BYTES] for at in range(0, len(whole), ROW_BYTES)]
