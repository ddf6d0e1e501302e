"""The expected course of a day and the band around it, for the console to draw."""

from datetime import UTC, datetime
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from detectors.watch.minute_book import SLOT_SECONDS
from detectors.watch.opening import local_slots
from detectors.watch.seasonal import Profile
from detectors.watch.stores import StoreBook
from detectors.watch.today import Today
from schemas.expectation import Expectation

__all__ = ["EXPECTED_CHAIN", "EXPECTED_STORE", "expected_days"]

DETECTOR = "seasonal/1"
EXPECTED_CHAIN = ("revenue", "orders", "declined", "refunds", "reviewed", "views", "pays")
"""Series whose course is given for all stores together."""

EXPECTED_STORE = ("revenue", "orders")
"""Series whose course is given per store."""

MOST_RECORDS = 120
"""Records in one publication; where there are more stores, the largest have a course."""

DEVIATIONS = 2.33
"""Of the normal distribution: one slot in a hundred lies beyond on either side."""

UNSEEN_SPREAD = 0.4
"""Relative deviation of a weekday that was never seen. Chosen, not tuned."""

Floats = NDArray[np.float64]


def expected_days(profile: Profile, today: Today, stores: StoreBook, now: float) -> list[Expectation]:
    """Give the courses of the local day of a moment."""
    made = [expected_chain(series, profile, today, stores, now) for series in EXPECTED_CHAIN]
    room = (MOST_RECORDS - len(made)) // len(EXPECTED_STORE)
    largest = sorted(profile.channels, key=lambda store_id: (-level(profile, store_id), store_id))[:room]
    made += [
        expected_store(series, store_id, profile=profile, today=today, stores=stores, now=now)
        for store_id in largest
        for series in EXPECTED_STORE
    ]
    return [one for one in made if one is not None]


def level(profile: Profile, store_id: str) -> float:
    """Give how much a store sells in an open slot."""
    usual = profile.of("orders", store_id)
    return 0.0 if usual is None else float(usual.fit.level[usual.places[store_id]])


def expected_store(
    series: str, store_id: str, *, profile: Profile, today: Today, stores: StoreBook, now: float
) -> Expectation | None:
    """Give the course of a store; None if it never told the series."""
    begin, end = bounds(stores, store_id, now)
    found = course(series, store_id, profile=profile, today=today, stores=stores, begin=begin, end=end)
    if found is None:
        return None
    mean, variance, shaky, value = found
    return record(
        series, store_id, mean, variance + shaky**2, value=value, begin=begin, profile=profile, now=now
    )


def expected_chain(
    series: str, profile: Profile, today: Today, stores: StoreBook, now: float
) -> Expectation | None:
    """Give the course of all stores together; None if nobody ever told the series."""
    begin, end = bounds(stores, None, now)
    slots = (end - begin) // SLOT_SECONDS
    mean, variance, shaky, value = np.zeros(slots), np.zeros(slots), np.zeros(slots), 0.0
    for store_id in profile.channels:
        found = course(series, store_id, profile=profile, today=today, stores=stores, begin=begin, end=end)
        if found is not None:
            one_mean, one_variance, one_shaky, value = found
            mean, variance, shaky = mean + one_mean, variance + one_variance, shaky + one_shaky
    if not mean.any():
        return None
    return record(series, "", mean, variance + shaky**2, value=value, begin=begin, profile=profile, now=now)


def bounds(stores: StoreBook, store_id: str | None, now: float) -> tuple[int, int]:
    """Give begin and end of the local day."""
    return int(stores.day_start(store_id, now)), int(stores.next_day(store_id, now))


def course(
    series: str, store_id: str, *, profile: Profile, today: Today, stores: StoreBook, begin: int, end: int
) -> tuple[Floats, Floats, Floats, float] | None:
    """Give per slot mean, variance of single events and deviation of the level, in totals; an event's worth."""
    usual = profile.of(series, store_id)
    if usual is None:
        return None
    clock = local_slots(stores, store_id, begin // SLOT_SECONDS, end // SLOT_SECONDS)
    weekday = int(clock.weekday[0])
    fit, place = usual.fit, usual.places[store_id]
    share = profile.shares[store_id][clock.weekday, clock.slot]
    known = bool(fit.known[weekday])
    spread = fit.day_spread if known else UNSEEN_SPREAD
    pace, doubt = today.day(series, profile.channels[store_id], spread=spread)
    mean = fit.level[place] * fit.course[clock.weekday, clock.slot] * share * pace * usual.value
    variance = mean * usual.value * usual.total_spread
    # The store's own level is not known exactly either.
    shaky = mean * sqrt(doubt**2 + float(fit.doubt[place]) ** 2)
    return mean, variance, shaky, usual.value


def record(
    series: str,
    store_id: str,
    mean: Floats,
    variance: Floats,
    *,
    value: float,
    begin: int,
    profile: Profile,
    now: float,
) -> Expectation:
    """Draw the band around the mean."""
    low, high = band(mean, variance, value)
    return Expectation(
        series=series,
        store_id=store_id,
        begins_at=datetime.fromtimestamp(begin, UTC),
        slot_minutes=SLOT_SECONDS // 60,
        expected=rounded(mean),
        low=rounded(low),
        high=rounded(high),
        learnt_days=profile.learnt_days,
        made_at=datetime.fromtimestamp(now, UTC),
        detector=DETECTOR,
    )


def band(mean: Floats, variance: Floats, value: float) -> tuple[Floats, Floats]:
    """Give the ends between which 98 of 100 sums lie, as of a gamma distribution with this mean and variance.

    Its cube root is nearly normal (Wilson and Hilferty 1931). Where no event at all is likelier than one in a
    hundred, the lower end is 0; where hardly any is expected, one event is still inside.
    """
    shape = np.divide(mean**2, variance, out=np.zeros_like(mean), where=variance > 0)
    flat = np.maximum(shape, 0.05)
    root = 1 / (3 * np.sqrt(flat))
    middle = 1 - root**2
    low = mean * np.maximum(0.0, middle - DEVIATIONS * root) ** 3
    high = mean * (middle + DEVIATIONS * root) ** 3
    low = np.where(shape < LEAST_SHAPE, 0.0, low)
    return np.where(mean > 0, low, 0.0), np.where(mean > 0, np.maximum(high, 1.5 * value), 0.0)


LEAST_SHAPE = 4.6
"""Minus the logarithm of a hundredth: below so many independent events, none at all is no surprise."""


def rounded(values: Floats) -> tuple[float, ...]:
    """Keep two decimals: cents of cents and hundredths of pieces say nothing."""
    return tuple(float(value) for value in np.round(values, 2))
