"""What trees are fitted on: labelled payments of the last weeks, of the honest ones a sample."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.features import WARM_UP_DAYS
from detectors.fraud.history import Rows
from detectors.watermark import DAY_SECONDS

__all__ = ["HONEST_SHARE", "TrainingSample"]

HONEST_SHARE = 0.1
"""Of the honest payments, chosen by their ids: all of them gained nothing and cost ten times as much."""
WINDOW_DAYS = 90.0
FEWEST_ROWS, FEWEST_FRAUDS = 2_000, 100
"""Below, trees know less than the online model. Chosen, not tuned."""
GOLDEN = 0x9E37_79B9_7F4A_7C15


class TrainingSample:
    """Features and verdicts of the last 90 days, without the first 14 of the stream.

    Memory: 4 bytes a feature of each row and 17 more; the card-fraud data has 90,000 rows, 13 MB.
    """

    def __init__(self, width: int) -> None:
        self._features = np.empty((1_024, width), np.float32)
        self._frauds = np.empty(1_024, np.bool_)
        self._times = np.empty(1_024)
        self._weights = np.empty(1_024)
        self._count = 0
        self._begins = np.inf

    def __len__(self) -> int:
        """Count the rows."""
        return self._count

    def begin(self, seconds: float) -> None:
        """Say that the stream has payments of this time."""
        self._begins = min(self._begins, seconds)

    def add(
        self,
        event: int,
        seconds: float,
        features: Sequence[float] | NDArray[np.float64],
        *,
        fraud: bool,
        weight: float = 1.0,
    ) -> None:
        """Take in a payment whose verdict is known, if it is chosen; `weight` = for how many it stands.

        Honest ones of a control group are all taken, each for as many fewer.
        """
        if seconds < self._begins + WARM_UP_DAYS * DAY_SECONDS:
            return
        if not fraud and weight > 1:
            weight *= HONEST_SHARE
        elif not fraud and (event * GOLDEN & 0xFFFF_FFFF_FFFF_FFFF) >= HONEST_SHARE * 2**64:
            return
        if self._count == len(self._times):
            self._make_room(seconds)
        self._features[self._count] = features
        self._frauds[self._count] = fraud
        self._times[self._count] = seconds
        self._weights[self._count] = weight
        self._count += 1

    def missing(self, until: float) -> tuple[float, float] | None:
        """Say from when to when payments of the 90 days up to a moment are not here; None if all are."""
        since, begins = until - WINDOW_DAYS * DAY_SECONDS, self._begins + WARM_UP_DAYS * DAY_SECONDS
        return (since, min(begins, until)) if since < begins < np.inf else None

    def rows(self, until: float, earlier: Rows | None = None) -> Rows | None:
        """Give features, verdicts and weights of 90 days up to a moment; None if they are too few.

        Parameters
        ----------
        until
            In seconds since 1970.
        earlier
            Those that are missing here, from elsewhere.

        """
        times = self._times[: self._count]
        chosen = np.flatnonzero((times > until - WINDOW_DAYS * DAY_SECONDS) & (times <= until))
        features, frauds = self._features[chosen].astype(np.float64), self._frauds[chosen]
        weights = self._weights[chosen]
        if earlier is not None and len(earlier[1]):
            features, frauds = np.vstack([earlier[0], features]), np.concatenate([earlier[1], frauds])
            weights = np.concatenate([earlier[2], weights])
        if len(frauds) < FEWEST_ROWS or frauds.sum() < FEWEST_FRAUDS:
            return None
        return features, frauds, weights

    def _make_room(self, seconds: float) -> None:
        kept = np.flatnonzero(self._times > seconds - (WINDOW_DAYS + WARM_UP_DAYS) * DAY_SECONDS)
        self._count = len(kept)
        room = max(2 * self._count, 1_024)
        for name in ("_features", "_frauds", "_times", "_weights"):
            before = getattr(self, name)
            after = np.empty((room, *before.shape[1:]), before.dtype)
            after[: self._count] = before[kept]
            setattr(self, name, after)
