"""Windows over the residuals of many figures, each of which notices when its level shifts."""

from array import array
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from river.drift import ADWIN

from detectors.graph.packing import Packing
from detectors.snapshot import Parts, column

__all__ = ["KEPT", "ShiftWindows"]

SCALE = 4.0
"""ADWIN's bound is made for values that fill a range of 1; the means of blocks fill a quarter of one."""

KEPT = 400
"""Fifty days of blocks of three hours."""

ADWIN_DELTA = 1e-4
"""Chance of a false finding in a stream that does not change, at most: 37 figures in three channels are asked
eight times a day. Chosen, not tuned."""


class ShiftWindows(Packing):
    """An ADWIN (Bifet and Gavaldà 2007) for each figure, over at most the last hundred days of it.

    River's windows cannot be written down. What they have read can, so it is kept: after a hundred days of
    a figure its window is made anew from the last fifty.

    Parameters
    ----------
    count
        Of figures.

    Memory: at most 800 numbers of 8 bytes a figure, and the window.

    """

    def __init__(self, count: int) -> None:
        self._residuals = [array("d") for _ in range(count)]
        self._windows: list[Any] = [window_of(()) for _ in range(count)]

    def add(self, figure: int, residual: float) -> bool:
        """Take in the next residual of a figure; say whether its level has shifted."""
        residuals = self._residuals[figure]
        if len(residuals) == 2 * KEPT:
            del residuals[:KEPT]
            self._windows[figure] = window_of(residuals)
        residuals.append(residual)
        window = self._windows[figure]
        window.update(residual * SCALE)
        return bool(window.drift_detected)

    def latest(self, figure: int) -> NDArray[np.float64]:
        """Give the last residuals of a figure, 400 at most."""
        return np.array(self._residuals[figure][-KEPT:])

    def clear(self, figure: int) -> None:
        """Begin anew with a figure."""
        del self._residuals[figure][:]
        self._windows[figure] = window_of(())

    def pack(self) -> Parts:
        """Copy what the windows have read."""
        return {
            "lengths": np.fromiter(map(len, self._residuals), np.uint32, len(self._residuals)),
            "residuals": np.array([one for some in self._residuals for one in some], np.float64),
        }

    @classmethod
    def unpack(cls, parts: Parts) -> Self:
        """Let new windows read it again; raises SnapshotRefused if it does not fit together."""
        lengths = column(parts, "lengths", np.uint32)
        ends = np.cumsum(lengths, dtype=np.int64)
        values = column(parts, "residuals", np.float64, int(ends[-1]) if len(ends) else 0)
        found = cls(0)
        found._residuals = [array("d", part.tolist()) for part in np.split(values, ends[:-1])]
        found._windows = [window_of(some) for some in found._residuals]
        return found


def window_of(residuals: Iterable[float]) -> Any:
    """Make a window that is looked at with every block, and has read some."""
    window: Any = ADWIN(delta=ADWIN_DELTA, clock=1)  # type: ignore[no-untyped-call]  # River has no types here
    for one in residuals:
        window.update(one * SCALE)
    return window
