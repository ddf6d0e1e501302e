"""Arrays as a row of compressed pieces, and back."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import zstandard

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts
from schemas.snapshot import SnapshotPart

__all__ = ["ArraysCopied", "Copied", "compressed_pieces", "described", "joined"]

PIECE_BYTES = 524_288
"""Of arrays in one record: incompressible ones are 700 kB of base64, well below Kafka's limit."""

LEVEL = 1
"""Times and amounts hardly shrink further at higher levels, which cost many times more."""


class Copied(Protocol):
    """A copy of a state; both may take a while, and each is asked for once, in this order."""

    def described(self) -> tuple[SnapshotPart, ...]:
        """List the arrays."""

    def pieces(self) -> Iterator[bytes]:
        """Yield what they hold, compressed."""

    def close(self) -> None:
        """Give it up."""


class ArraysCopied:
    """A copy that this process holds."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def described(self) -> tuple[SnapshotPart, ...]:
        """List the arrays."""
        return described(self._parts)

    def pieces(self) -> Iterator[bytes]:
        """Compress one piece after the other."""
        return compressed_pieces(self._parts)

    def close(self) -> None:
        """Hold on to nothing."""


def described(parts: Parts) -> tuple[SnapshotPart, ...]:
    """List names, types and lengths, in the order in which `compressed_pieces` writes the arrays."""
    return tuple(
        SnapshotPart(name=name, dtype=array.dtype.str, length=len(array)) for name, array in parts.items()
    )


def compressed_pieces(parts: Parts) -> Iterator[bytes]:
    """Yield the arrays' bytes in pieces, each compressed on its own.

    Cost: 2 ms a piece, without holding Python's lock.
    """
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    held = bytearray()
    for array in parts.values():
        view = np.ascontiguousarray(array).view(np.uint8).data
        start = 0
        if held:
            start = min(PIECE_BYTES - len(held), len(view))
            held += view[:start]
            if len(held) < PIECE_BYTES:
                continue
            yield compressor.compress(held)
            held = bytearray()
        whole = start + (len(view) - start) // PIECE_BYTES * PIECE_BYTES
        for begin in range(start, whole, PIECE_BYTES):
            yield compressor.compress(view[begin : begin + PIECE_BYTES])
        held += view[whole:]
    if held:
        yield compressor.compress(held)


def joined(described_parts: Sequence[SnapshotPart], pieces: Sequence[bytes]) -> Parts:
    """Put the arrays together again.

    Raises
    ------
    SnapshotRefused
        A piece is damaged, or all together are not as long as the arrays.

    """
    total = sum(part.nbytes for part in described_parts)
    if total > len(pieces) * PIECE_BYTES:  # before memory is taken for what a damaged manifest says
        raise SnapshotRefused(f"its arrays are {total} bytes long, more than {len(pieces)} pieces hold")
    whole = bytearray(total)
    decompressor = zstandard.ZstdDecompressor()
    at = 0
    for number, piece in enumerate(pieces):
        try:
            plain = decompressor.decompress(piece, max_output_size=PIECE_BYTES)
        except zstandard.ZstdError as error:
            raise SnapshotRefused(f"piece {number} is damaged: {error}") from error
        whole[at : at + len(plain)] = plain
        at += len(plain)
    if at != total or len(whole) != total:
        raise SnapshotRefused(f"its pieces hold {at} bytes, its arrays {total}")
    parts: Parts = {}
    at = 0
    for part in described_parts:
        parts[part.name] = np.frombuffer(whole, np.dtype(part.dtype), part.length, at)
        at += part.nbytes
    return parts
