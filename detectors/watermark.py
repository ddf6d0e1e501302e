"""How far event time has come, without believing a single broken clock."""

from math import inf

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column

__all__ = ["BLOCK", "DAY_SECONDS", "Watermark"]

DAY_SECONDS = 86_400.0

BLOCK = 64
"""Chosen, not tuned: more than half of so many events in a row must agree before time moves on."""


class Watermark:
    """The latest time that the middle event of a block of 64 has reached.

    One event from the year 2099 would expire all state if the maximum were believed, and one till whose clock
    says 2015 would keep all state for ever if the minimum were; the median of each block minds neither. It
    lags by at most 127 events, which does not matter for state that is kept for days, and it does not depend
    on how events were cut into batches.

    Cost: about .1 µs an event.
    """

    __slots__ = ("__weakref__", "_block", "seconds")

    def __init__(self) -> None:
        self.seconds = -inf
        """Seconds since 1970; −inf until the first block is whole."""
        self._block: list[float] = []

    def advance(self, seconds: float) -> float:
        """Take notice of the time of one event (seconds since 1970); return the watermark."""
        self._block.append(seconds)
        return self._believe_block() if len(self._block) == BLOCK else self.seconds

    def advance_all(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take notice of events in their order; return the watermark after each."""
        reached = np.empty(len(seconds))
        done = 0
        while done < len(seconds):
            end = min(len(seconds), done + BLOCK - len(self._block))
            reached[done:end] = self.seconds
            self._block += seconds[done:end].tolist()
            if len(self._block) == BLOCK:
                reached[end - 1] = self._believe_block()
            done = end
        return reached

    def _believe_block(self) -> float:
        """Move on to the middle of a block that is full; begin the next."""
        self._block.sort()
        self.seconds = max(self.seconds, self._block[BLOCK // 2])
        self._block.clear()
        return self.seconds

    def snapshot(self) -> Parts:
        """Copy what is known: the time reached, the length of the block that is not full, and its times."""
        return {"watermark": np.array([self.seconds, len(self._block), *self._block], np.float64)}

    def restore(self, parts: Parts) -> None:
        """Go on from a copy.

        Raises
        ------
        SnapshotRefused
            Not as many times as it says, or as many as a block has.

        """
        values = column(parts, "watermark", np.float64).tolist()
        if not 2 <= len(values) < BLOCK + 2 or values[1] != len(values) - 2:
            raise SnapshotRefused(f"watermark has {len(values)} values and says otherwise")
        self.seconds, self._block = values[0], values[2:]
