"""Forecasts of the day, and how far those made before have strayed from what came."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from detectors.watch.band import BandWidths, Floats
from detectors.watch.completeness import Completeness
from detectors.watch.expectations import PUBLISHED_SHARE, Course, courses_of, expected_day
from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.seasonal import Exclusion, Profile
from detectors.watch.stores import StoreBook
from detectors.watch.today import Today
from schemas.expectation import Expectation

__all__ = ["Forecasts"]

ASK_SECONDS = 7_200.0
"""Event time between two forecasts that are held against what comes."""

AHEAD_SLOTS = 16
"""Slots that are: the next four hours."""

LEAST_DAYS = 3
"""Days learnt before what comes says anything about the forecasts of later days."""

GIVEN_UP_SECONDS = 86_400.0
"""What has not come in so long is not waited for."""

DAY_SECONDS = 86_400.0


class Foretold(NamedTuple):
    """What was said at a moment about the slots after it."""

    made_at: float
    end: float
    profile: Profile
    courses: list[Course]


class Forecasts:
    """Gives the day's courses, in bands as wide as earlier forecasts have needed.

    Parameters
    ----------
    stores, book, sources
        The stores, what came, and how far everything has.

    Cost: 15 ms to ask and 10 ms to hold it against what came, for 42 stores, each every two hours.

    """

    def __init__(self, stores: StoreBook, book: MinuteBook, sources: Completeness) -> None:
        self._stores = stores
        self._book = book
        self._sources = sources
        self._widths = BandWidths()
        self._foretold: list[Foretold] = []
        self._ask_at = -inf
        self._faded_at: float | None = None

    def published(
        self, profile: Profile, today: Today, now: float, *, share: float = PUBLISHED_SHARE
    ) -> list[Expectation]:
        """Give the day's courses as they are known now; about 25 ms for 42 stores.

        Parameters
        ----------
        profile, today
            What is usual, and how today goes.
        now
            Event time, seconds since 1970.
        share
            Of what comes, in the band.

        """
        courses = courses_of(profile, today, self._stores, now)
        learnt = profile.learnt_days
        return [expected_day(one, self._widths, now=now, learnt_days=learnt, share=share) for one in courses]

    def look(self, profile: Profile, today: Today, now: float, unusual: Sequence[Exclusion]) -> None:
        """Learn from what has come, and foretell again if it is time.

        Parameters
        ----------
        profile, today, now
            As for `published`.
        unusual
            Stretches of which nothing is learnt.

        """
        if now < self._ask_at:
            return
        self._ask_at = now + ASK_SECONDS
        self._fade(now)
        waiting = []
        for one in self._foretold:
            if self._learn(one, unusual) or now > one.end + GIVEN_UP_SECONDS:
                continue
            waiting.append(one)
        self._foretold = waiting
        if profile.learnt_days >= LEAST_DAYS:
            first = int(now // SLOT_SECONDS) + 1
            courses = [ahead(one, first) for one in courses_of(profile, today, self._stores, now)]
            end = (first + AHEAD_SLOTS) * SLOT_SECONDS
            self._foretold.append(Foretold(now, end, profile, [one for one in courses if len(one.mean)]))

    def _fade(self, now: float) -> None:
        if self._faded_at is not None:
            self._widths.fade((now - self._faded_at) / DAY_SECONDS)
        self._faded_at = now

    def _learn(self, told: Foretold, unusual: Sequence[Exclusion]) -> bool:
        """Hold a forecast against what came, once all of it is here; say whether it was."""
        if self._sources.complete_until("") < told.end:
            return False
        near = [one for one in unusual if one.begin < told.end and one.end > told.made_at]
        for course in told.courses:
            begin, end = course.begin, course.begin + len(course.mean) * SLOT_SECONDS
            usable = all(
                one.store_id not in ("", course.store_id) or one.begin >= end or one.end <= begin
                for one in near
            )
            if usable and (not course.store_id or self._sources.complete_until(course.store_id) >= end):
                came = self._came(course, told.profile)
                self._widths.learn(course.kind, course.mean, course.variance, came)
        return True

    def _came(self, course: Course, profile: Profile) -> Floats:
        first = course.begin // SLOT_SECONDS
        members = [course.store_id] if course.store_id else list(profile.channels)
        totals = [
            self._book.history(course.series, one, first, first + len(course.mean))[1] for one in members
        ]
        came: Floats = np.sum(totals, axis=0)
        return came


def ahead(course: Course, first: int) -> Course:
    """Cut out of a day's course the slots that are held against what comes; the rest is not kept."""
    skip = max(0, first - course.begin // SLOT_SECONDS)
    part = slice(skip, skip + AHEAD_SLOTS)
    begin = course.begin + skip * SLOT_SECONDS
    return course._replace(begin=begin, mean=course.mean[part].copy(), variance=course.variance[part].copy())
