"""Recognising what a source sent twice, before it touches any state."""

from collections import OrderedDict

import numpy as np

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column, packed_texts, texts

__all__ = ["ResendFilter"]

# 1,024 sequence numbers share one integer as a bitmap: at most 160 bytes, and one number alone costs 28.
# A partition sees only some of a source's numbers, so the bitmaps are sparse and made on demand.
CHUNK_BITS = 10
LOW_BITS = (1 << CHUNK_BITS) - 1
CHUNK_BYTES = (1 << CHUNK_BITS) // 8


class ResendFilter:
    """The window of sequence numbers seen, per source and run, of one partition of one topic.

    A set and not a high-water mark, because a spool drains late: old numbers that were never seen arrive
    after newer ones. Memory is bounded: the chunks touched longest ago are forgotten first, and a number
    that was forgotten counts as new, for a payment lost is worse than one looked at twice.

    Parameters
    ----------
    max_chunks
        Chunks of 1,024 numbers kept; 32,768 are at most 10 MB and hold the last 2,000 numbers of each of
        16,000 sources (chosen, not tuned).

    """

    def __init__(self, max_chunks: int = 32_768) -> None:
        self._max_chunks = max_chunks
        self._chunks: OrderedDict[tuple[str, str, int], int] = OrderedDict()

    def is_repeat(self, source: str, run: str, seq: int) -> bool:
        """Whether this number was seen before; it is from now on.

        Cost: .6 µs.
        """
        chunk = (source, run, seq >> CHUNK_BITS)
        bit = 1 << (seq & LOW_BITS)
        seen = self._chunks.get(chunk)
        if seen is None:
            self._chunks[chunk] = bit
            if len(self._chunks) > self._max_chunks:
                self._chunks.popitem(last=False)
            return False
        if seen & bit:
            return True
        self._chunks[chunk] = seen | bit
        self._chunks.move_to_end(chunk)
        return False

    def __len__(self) -> int:
        """Count the chunks held."""
        return len(self._chunks)

    def snapshot(self) -> Parts:
        """Copy the numbers seen, the chunks touched longest ago first."""
        bits = b"".join([seen.to_bytes(CHUNK_BYTES, "little") for seen in self._chunks.values()])
        return {
            **packed_texts("sources", [source for source, _, _ in self._chunks]),
            **packed_texts("runs", [run for _, run, _ in self._chunks]),
            "numbers": np.array([number for _, _, number in self._chunks], np.int64),
            "bits": np.frombuffer(bits, np.uint8),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        numbers = column(parts, "numbers", np.int64).tolist()
        bits = column(parts, "bits", np.uint8, len(numbers) * CHUNK_BYTES).tobytes()
        sources = texts(parts, "sources", len(numbers))
        runs = texts(parts, "runs", len(numbers))
        keys = list(zip(sources, runs, numbers, strict=True))
        if len(set(keys)) != len(keys) or len(keys) > self._max_chunks:
            raise SnapshotRefused(f"{len(keys):,} chunks of numbers, or one of them twice")
        self._chunks = OrderedDict(
            (key, int.from_bytes(bits[start : start + CHUNK_BYTES], "little"))
            for key, start in zip(keys, range(0, len(bits), CHUNK_BYTES), strict=True)
        )
