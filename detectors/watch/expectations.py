"""The expected course of a day and the band around it, for the console to draw."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import sqrt
from typing import NamedTuple

import numpy as np

from detectors.series.table import SERIES
from detectors.watch.band import BandWidths, Floats, band
from detectors.watch.minute_book import SLOT_SECONDS
from detectors.watch.opening import LocalSlots, local_slots
from detectors.watch.seasonal import Profile
from detectors.watch.stores import StoreBook
from detectors.watch.today import Today
from schemas.expectation import Expectation

__all__ = ["EXPECTED_CHAIN", "EXPECTED_STORE", "PUBLISHED_SHARE", "Course", "courses_of", "expected_day"]

DETECTOR = "seasonal/2"
EXPECTED_CHAIN = tuple(name for name, one in SERIES.items() if one.expected is not None)
"""Series whose course is given for all stores together."""

EXPECTED_STORE = tuple(name for name, one in SERIES.items() if one.expected == "stores")
"""Series whose course is given per store too."""

MOST_RECORDS = 120
"""Records in one publication; where there are more stores, the largest have a course."""

PUBLISHED_SHARE = 0.98
"""Share of slots of normal days that lie in the published band: one in a hundred beyond either end."""

UNSEEN_SPREAD = 0.4
"""Relative deviation of a weekday that was never seen. Chosen, not tuned."""


class Sums(NamedTuple):
    """What a slot's total is expected to be, shape (slots,) each.

    `variance` is that of single events; `shaky` the standard deviation of what is not known of the level, the
    same in all slots.
    """

    mean: Floats
    variance: Floats
    shaky: Floats

    def course(self, series: str, store_id: str, begin: int) -> "Course":
        """Add what is not known of the level to what chance does."""
        return Course(series, store_id, begin, self.mean, self.variance + self.shaky**2)


class Course(NamedTuple):
    """The course of one series over a day, from its first slot on; an empty store is the chain."""

    series: str
    store_id: str
    begin: int
    mean: Floats
    variance: Floats

    @property
    def kind(self) -> str:
        """Whose forecasts stray alike: a series in all stores together, or in single ones."""
        return f"{self.series} of {'stores' if self.store_id else 'the chain'}"


def courses_of(profile: Profile, today: Today, stores: StoreBook, now: float) -> list[Course]:
    """Give the courses of the local day of a moment: from there on a forecast. About 15 ms for 42 stores."""
    return list(Courses(profile, today, stores, now).all())


def expected_day(
    course: Course, widths: BandWidths, *, now: float, learnt_days: int, share: float = PUBLISHED_SHARE
) -> Expectation:
    """Give a course as it is published, with the band that holds a share of what comes."""
    mean, variance = course.mean, course.variance
    low, high = band(mean, variance, widths.deviations(course.kind, mean, variance, share))
    return Expectation(
        series=course.series,
        store_id=course.store_id,
        begins_at=datetime.fromtimestamp(course.begin, UTC),
        slot_minutes=SLOT_SECONDS // 60,
        expected=rounded(mean),
        low=rounded(np.minimum(low, mean)),
        high=rounded(np.maximum(high, mean)),
        learnt_days=learnt_days,
        made_at=datetime.fromtimestamp(now, UTC),
        detector=DETECTOR,
    )


class Courses:
    """The courses of one day, as far as it is known at one moment."""

    def __init__(self, profile: Profile, today: Today, stores: StoreBook, now: float) -> None:
        self._profile = profile
        self._today = today
        self._stores = stores
        self._now = now
        self._clocks: dict[tuple[str, int], LocalSlots] = {}

    def all(self) -> Iterator[Course]:
        """Give the chain's courses, then those of the largest stores."""
        for series in EXPECTED_CHAIN:
            begin, end = self._bounds(None)
            found = [self._sums(series, store_id, begin, end) for store_id in self._profile.channels]
            parts = [part for part in found if part is not None]
            if parts:
                together = Sums(*(sum_of(sums) for sums in zip(*parts, strict=True)))
                yield together.course(series, "", begin)
        room = (MOST_RECORDS - len(EXPECTED_CHAIN)) // len(EXPECTED_STORE)
        largest = sorted(self._profile.channels, key=lambda store_id: (-self._level(store_id), store_id))
        for store_id in largest[:room]:
            for series in EXPECTED_STORE:
                begin, end = self._bounds(store_id)
                sums = self._sums(series, store_id, begin, end)
                if sums is not None:
                    yield sums.course(series, store_id, begin)

    def _level(self, store_id: str) -> float:
        usual = self._profile.of("orders", store_id)
        return 0.0 if usual is None else float(usual.fit.level[usual.places[store_id]])

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
        return Sums(mean, mean * usual.value * usual.total_spread, shaky)


def sum_of(parts: Sequence[Floats]) -> Floats:
    """Add arrays up."""
    total: Floats = np.sum(parts, axis=0)
    return total


def rounded(values: Floats) -> tuple[float, ...]:
    """Keep two decimals: cents of cents and hundredths of pieces say nothing."""
    return tuple(np.round(values, 2).tolist())
