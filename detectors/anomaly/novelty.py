"""Channels that notice what never came next where things were as they are now."""

import numpy as np

from detectors.anomaly import novelty_loops as loops
from detectors.anomaly.detector import Floats, Places
from detectors.anomaly.novelty_loops import HOURLY, MEAN, MINIMUM, ORDERED
from detectors.anomaly.rows import Rows

__all__ = ["NoveltyChannels"]

EXPONENT = 0.7

CHANNELS = np.array(
    [
        (8, MEAN, 20.0, ORDERED), (12, MEAN, 20.0, ORDERED),
        (8, MEAN, 12.0, HOURLY), (12, MEAN, 12.0, HOURLY),
        (6, MINIMUM, 12.0, ORDERED), (12, MINIMUM, 12.0, ORDERED),
    ],
    loops.GROUPED,
)  # fmt: skip


class NoveltyChannels:
    """Novelty of means over 8 and 12 values, and of minima over 6 and 12: two groups.

    Cost: 1 µs a value. Memory: 300 kB a series.
    """

    name = "novelty"
    groups: tuple[tuple[float, ...], ...] = ((EXPONENT,) * 4, (EXPONENT,) * 2)

    def __init__(self, series: int) -> None:
        self._blocks = Rows(loops.BLOCK, CHANNELS.shape, series, ["filled", "blocks"])
        self._keys = Rows(np.uint32, (*CHANNELS.shape, loops.SLOTS), series)
        self._followers = Rows(np.uint64, (*CHANNELS.shape, loops.SLOTS), series)
        self.rows = {"blocks": self._blocks, "keys": self._keys, "followers": self._followers}

    def observe(self, places: Places, seconds: Floats, values: Floats, scores: Floats) -> None:
        """See `Channels.observe`."""
        memory = self._blocks.array, self._keys.array, self._followers.array
        loops.observe_novelty(places, seconds, values, CHANNELS, *memory, scores)
