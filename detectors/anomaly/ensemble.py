"""Channels that are habituated to, averaged, and become an alarm when enough of them agree."""

from collections.abc import Sequence

import numpy as np

from detectors.anomaly import alarm_loops, habituation_loops
from detectors.anomaly.channels import Channels
from detectors.anomaly.detector import Floats, Places, accepted
from detectors.anomaly.rows import Rows
from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, prefixed, unprefixed

__all__ = ["Ensemble"]


class Ensemble:
    """A detector made of families of channels. See `AnomalyDetector` for what its methods keep to.

    Parameters
    ----------
    families
        Whose channels are averaged: within each group, then over all groups.
    threshold
        What the average has to reach to be an alarm, where there was none before.
    series
        Number of series.

    """

    def __init__(self, families: Sequence[Channels], threshold: float, series: int) -> None:
        groups = [group for family in families for group in family.groups]
        self._families = families
        self._exponents = np.array([exponent for group in groups for exponent in group])
        self._weights = np.array([1 / (len(group) * len(groups)) for group in groups for _ in group])
        self.threshold = threshold
        self._channels = Rows(habituation_loops.CHANNEL, self._weights.shape, series, ["events"])
        self._alarms = Rows(alarm_loops.SERIES, (), series)

    @property
    def series(self) -> int:
        """Number of series watched."""
        return len(self._alarms.array)

    def observe(self, seconds: Floats, values: Floats, places: Places | None = None) -> Floats:
        """Score values in their order, each before it is learnt; see `AnomalyDetector.observe`."""
        mixed, places = self.mix(seconds, values, places)
        scores = np.empty(len(mixed))
        alarm_loops.raise_alarms(places, mixed, self.threshold, self._alarms.array, scores)
        return scores

    def mix(self, seconds: Floats, values: Floats, places: Places | None = None) -> tuple[Floats, Places]:
        """Give what is held against the threshold, and the places: the first half of `observe`."""
        values, places = accepted(seconds, values, places, self.series)
        scores = np.zeros((len(values), len(self._weights)))
        first = 0
        for family in self._families:
            last = first + sum(map(len, family.groups))
            family.observe(places, seconds, values, scores[:, first:last])
            first = last
        mixed = np.empty(len(values))
        channels = self._channels.array
        habituation_loops.habituate(places, scores, self._exponents, self._weights, channels, mixed)
        return mixed, places

    def grow(self, series: int) -> None:
        """Watch so many series from now on; those already watched go on as they were."""
        for rows in self._rows().values():
            rows.grow(series)

    def snapshot(self) -> Parts:
        """Copy what is known of all series."""
        parts: Parts = {}
        for name, rows in self._rows().items():
            parts |= prefixed(name, rows.snapshot())
        return parts

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot; see `AnomalyDetector.restore`."""
        for name, rows in self._rows().items():
            rows.restore(unprefixed(name, parts))
        counts = {name: len(rows.array) for name, rows in self._rows().items()}
        if len(set(counts.values())) > 1:
            raise SnapshotRefused(f"numbers of series differ: {counts}")

    def _rows(self) -> dict[str, Rows]:
        """Name all that is known."""
        of_families = {
            f"{family.name}.{name}": rows for family in self._families for name, rows in family.rows.items()
        }
        return {"channels": self._channels, "alarms": self._alarms, **of_families}
