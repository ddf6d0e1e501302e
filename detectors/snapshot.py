"""State as flat arrays, which can be written down and read without running anything."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused

__all__ = ["Parts", "column", "packed_texts", "prefixed", "texts", "unprefixed"]

BETWEEN = "\n"
"""Ids hold none."""

Parts = dict[str, NDArray[Any]]
"""One-dimensional arrays of numbers by name; texts are one array of bytes and one of lengths."""


def packed_texts(name: str, values: Sequence[str]) -> Parts:
    """Write texts as the two arrays `name` (UTF-8) and `name.lengths` (bytes of each).

    Cost: .06 µs a text of 16 bytes. Lengths are read off the joined bytes: asking each text for its own is
    a walk through all of memory.
    """
    whole = np.frombuffer(BETWEEN.join(values).encode(), np.uint8)
    between = whole == ord(BETWEEN)
    ends = np.flatnonzero(between)
    if len(ends) == len(values) - 1:
        lengths = np.diff(ends, prepend=-1, append=len(whole)) - 1
        return {name: whole[~between], f"{name}.lengths": lengths.astype(np.uint32)}
    encoded = [value.encode() for value in values]  # none, or one of them has what stands between
    return {
        name: np.frombuffer(b"".join(encoded), np.uint8),
        f"{name}.lengths": np.fromiter(map(len, encoded), np.uint32, len(encoded)),
    }


def texts(parts: Parts, name: str, count: int | None = None) -> list[str]:
    """Read texts, as many as `count` if it is given.

    Raises
    ------
    SnapshotRefused
        An array is missing, the lengths do not add up, or the bytes are no text.

    """
    whole = column(parts, name, np.uint8).tobytes()
    lengths = column(parts, f"{name}.lengths", np.uint32, count)
    ends = np.cumsum(lengths, dtype=np.int64).tolist()
    if (ends[-1] if ends else 0) != len(whole):
        raise SnapshotRefused(f"the texts of {name} have {len(whole)} bytes, their lengths say otherwise")
    try:
        return [whole[start:end].decode() for start, end in zip([0, *ends], ends, strict=False)]
    except UnicodeDecodeError as error:
        raise SnapshotRefused(f"the texts of {name} are no UTF-8") from error


def column(parts: Parts, name: str, dtype: Any, length: int | None = None) -> NDArray[Any]:
    """Read an array.

    Raises
    ------
    SnapshotRefused
        It is missing, or has another type or length.

    """
    array = parts.get(name)
    if array is None or array.dtype != dtype or array.ndim != 1:
        found = "missing" if array is None else f"{array.ndim}-dimensional {array.dtype}"
        raise SnapshotRefused(f"{name} is {found}, expected {np.dtype(dtype)}")
    if length is not None and len(array) != length:
        raise SnapshotRefused(f"{name} has {len(array)} values, expected {length}")
    return array


def prefixed(prefix: str, parts: Parts) -> Parts:
    """Name parts as those of something larger: `prefix.name`."""
    return {f"{prefix}.{name}": part for name, part in parts.items()}


def unprefixed(prefix: str, parts: Parts) -> Parts:
    """Pick the parts that `prefixed` named, by their own names."""
    start = f"{prefix}."
    return {name.removeprefix(start): part for name, part in parts.items() if name.startswith(start)}
