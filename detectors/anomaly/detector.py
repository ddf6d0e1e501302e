"""What every detector of anomalies in a series is: values in as they come, scores out."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.errors import ValuesRefused
from detectors.snapshot import Parts

__all__ = ["ALARM", "LARGEST", "AnomalyDetector", "Floats", "Places", "accepted"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

ALARM = 0.5
"""A score from here on is an alarm, for every series and every detector."""

LARGEST = 1e150
"""Larger values count as this one, so that squares and differences stay finite."""


class AnomalyDetector(Protocol):
    """Watches one series or many alike, each by itself.

    A score rests on the values of its own series up to that moment, on nothing else: not on how values were
    cut into batches, on other series, on how long a series will be or what range it will have.
    """

    @property
    def series(self) -> int:
        """Number of series watched."""

    def observe(self, seconds: Floats, values: Floats, places: Places | None = None) -> Floats:
        """Score values in their order, each before it is learnt.

        Parameters
        ----------
        seconds
            Event times since 1970. Only the hour of day is taken from them, so gaps and repeats do no harm.
        values
            As many values, finite.
        places
            Which series each belongs to, in [0, series); None = all to the first.

        Returns
        -------
        NDArray
            As many scores in [0, 1]; from `ALARM` on it is an alarm.

        Raises
        ------
        ValuesRefused
            Something is not finite, lengths differ, or there is no such series. Nothing has been learnt.

        """

    def grow(self, series: int) -> None:
        """Watch so many series from now on; those already watched go on as they were."""

    def snapshot(self) -> Parts:
        """Copy what is known of all series."""

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot, with as many series as it has.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` of this detector makes.

        """


def accepted(seconds: Floats, values: Floats, places: Places | None, series: int) -> tuple[Floats, Places]:
    """Check what is to be observed; give the values within `LARGEST`, and the places.

    Raises
    ------
    ValuesRefused
        See `AnomalyDetector.observe`.

    """
    if places is None:
        places = np.zeros(len(values), np.int64)
    if not len(seconds) == len(values) == len(places):
        raise ValuesRefused(f"{len(seconds)} times, {len(values)} values and {len(places)} places")
    for name, given in (("time", seconds), ("value", values)):
        if not np.isfinite(given).all():
            place = int(np.argmin(np.isfinite(given)))
            raise ValuesRefused(
                f"{name} {place} of {len(given)} is {given[place]}, a finite number was expected"
            )
    if len(places) and not 0 <= places.min() <= places.max() < series:
        raise ValuesRefused(f"places {places.min()} to {places.max()} of {series} series")
    return np.clip(values, -LARGEST, LARGEST), places
