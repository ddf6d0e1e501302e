"""The expected course of a day and the band around it, for the console to draw."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.series.table import SERIES
from detectors.watch.minute_book import SLOT_SECONDS
from detectors.watch.opening import LocalSlots, local_slots
from detectors.watch.seasonal import Profile
from detectors.watch.stores import StoreBook
from detectors.watch.today import Today
from schemas.expectation import Expectation

__all__ = ["DEVIATIONS", "EXPECTED_CHAIN", "EXPECTED_STORE", "expected_days"]

DETECTOR = "seasonal/1"
EXPECTED_CHAIN = tuple(name for name, one in SERIES.items() if one.expected is not None)
"""Series whose course is given for all stores together."""

EXPECTED_STORE = tuple(name for name, one in SERIES.items() if one.expected == "stores")
"""Series whose course is given per store too."""

MOST_RECORDS = 120
"""Records in one publication; where there are more stores, the largest have a course."""

DEVIATIONS = 2.33
"""Of the normal distribution: one slot in a hundred lies beyond on either side."""

LEAST_SHAPE = 4.6
"""Minus the logarithm of a hundredth: below so many independent events, none at all is no surprise."""

UNSEEN_SPREAD = 0.4
"""Relative deviation of a weekday that was never seen. Chosen, not tuned."""

Floats = NDArray[np.float64]


def expected_days(
    profile: Profile, today: Today, stores: StoreBook, now: float, *, deviations: float = DEVIATIONS
) -> list[Expectation]:
    """Give the courses of the local day of a moment: from there on a forecast. About 20 ms for 42 stores.

    Parameters
    ----------
    deviations
        Half the width of the band, in deviations of a normal distribution.

    """
    return Courses(profile, today, stores, now, deviations).all()


class Sums(NamedTuple):
    """What a slot's total is expected to be, shape (slots,) each.

    `variance` is that of single events; `shaky` the standard deviation of what is not known of the level, the
    same in all slots; `worth` the total of one event.
    """

    mean: Floats
    variance: Floats
    shaky: Floats
    worth: float


class Courses:
    """The courses of one day, as far as it is known at one moment."""

    def __init__(
        self, profile: Profile, today: Today, stores: StoreBook, now: float, deviations: float
    ) -> None:
        self._profile = profile
        self._today = today
        self._stores = stores
        self._now = now
        self._deviations = deviations
        self._clocks: dict[tuple[str, int], LocalSlots] = {}

    def all(self) -> list[Expectation]:
        """Give the chain's courses, then those of the largest stores."""
        chain = [self._chain(series) for series in EXPECTED_CHAIN]
        room = (MOST_RECORDS - len(chain)) // len(EXPECTED_STORE)
        largest = sorted(self._profile.channels, key=lambda store_id: (-self._level(store_id), store_id))
        of_stores = [self._store(series, one) for one in largest[:room] for series in EXPECTED_STORE]
        return [one for one in (*chain, *of_stores) if one is not None]

    def _level(self, store_id: str) -> float:
        usual = self._profile.of("orders", store_id)
        return 0.0 if usual is None else float(usual.fit.level[usual.places[store_id]])

    def _store(self, series: str, store_id: str) -> Expectation | None:
        begin, end = self._bounds(store_id)
        sums = self._sums(series, store_id, begin, end)
        return None if sums is None else self._record(series, store_id, begin, sums)

    def _chain(self, series: str) -> Expectation | None:
        begin, end = self._bounds(None)
        found = [self._sums(series, store_id, begin, end) for store_id in self._profile.channels]
        parts = [part for part in found if part is not None]
        if not parts:
            return None
        together = Sums(
            sum_of([part.mean for part in parts]),
            sum_of([part.variance for part in parts]),
            sum_of([part.shaky for part in parts]),
            max(part.worth for part in parts),
        )
        return self._record(series, "", begin, together)

    def _bounds(self, store_id: str | None) -> tuple[int, int]:
        return int(self._stores.day_start(store_id, self._now)), int(
            self._stores.next_day(store_id, self._now)
        )

    def _clock(self, store_id: str, begin: int, end: int) -> LocalSlots:
        store = self._stores.get(store_id)
        key = ("" if store is None else store.time_zone, begin)
        if key not in self._clocks:
            first, last = begin // SLOT_SECONDS, end // SLOT_SECONDS
            self._clocks[key] = local_slots(self._stores, store_id, first, last)
        return self._clocks[key]

    def _sums(self, series: str, store_id: str, begin: int, end: int) -> Sums | None:
        usual = self._profile.of(series, store_id)
        if usual is None:
            return None
        clock = self._clock(store_id, begin, end)
        fit, place = usual.fit, usual.places[store_id]
        spread = fit.day_spread if fit.known[clock.weekday[0]] else UNSEEN_SPREAD
        pace, doubt = self._today.day(series, self._profile.channels[store_id], spread=spread)
        share = self._profile.shares[store_id][clock.weekday, clock.slot]
        mean = fit.level[place] * fit.course[clock.weekday, clock.slot] * share * pace * usual.value
        # The store's own level is not known exactly either.
        shaky = mean * sqrt(doubt**2 + float(fit.doubt[place]) ** 2)
        return Sums(mean, mean * usual.value * usual.total_spread, shaky, usual.value)

    def _record(self, series: str, store_id: str, begin: int, sums: Sums) -> Expectation:
        low, high = band(sums.mean, sums.variance + sums.shaky**2, sums.worth, self._deviations)
        return Expectation(
            series=series,
            store_id=store_id,
            begins_at=datetime.fromtimestamp(begin, UTC),
            slot_minutes=SLOT_SECONDS // 60,
            expected=rounded(sums.mean),
            low=rounded(low),
            high=rounded(high),
            learnt_days=self._profile.learnt_days,
            made_at=datetime.fromtimestamp(self._now, UTC),
            detector=DETECTOR,
        )


def sum_of(parts: Sequence[Floats]) -> Floats:
    """Add arrays up."""
    total: Floats = np.sum(parts, axis=0)
    return total


def band(mean: Floats, variance: Floats, worth: float, deviations: float) -> tuple[Floats, Floats]:
    """Give the ends of a band around sums, as of a gamma distribution with this mean and variance.

    Its cube root is nearly normal (Wilson and Hilferty 1931). Where no event at all is likelier than one in a
    hundred, the lower end is 0; where hardly any is expected, one event is still inside.
    """
    shape = np.divide(mean**2, variance, out=np.zeros_like(mean), where=variance > 0)
    flat = np.maximum(shape, 0.05)
    root = 1 / (3 * np.sqrt(flat))
    middle = 1 - root**2
    low = mean * np.maximum(0.0, middle - deviations * root) ** 3
    high = mean * (middle + deviations * root) ** 3
    low = np.where(shape < LEAST_SHAPE, 0.0, low)
    return np.where(mean > 0, low, 0.0), np.where(mean > 0, np.maximum(high, 1.5 * worth), 0.0)


def rounded(values: Floats) -> tuple[float, ...]:
    """Keep two decimals: cents of cents and hundredths of pieces say nothing."""
    return tuple(np.round(values, 2).tolist())
