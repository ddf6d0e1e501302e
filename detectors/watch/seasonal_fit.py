"""Separate what a store sells, when the chain sells and how its days went: a robust multiplicative fit."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.watch.opening import SLOTS_PER_DAY

__all__ = ["LEAST_SEEN", "Counted", "Fit", "Grid", "fit_course", "fit_share"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SWEEPS = 8
"""Rounds of fitting; after three the factors move by less than a thousandth."""

TRIM_AFTER = 3
TRIM_DEVIATIONS = 5.0
"""A store's day that strays further is not learnt from: a holiday, a fire drill, an unseen silence."""

STORE_PRIOR = 5.0
COURSE_PRIOR = 20.0
"""Events whose weight the assumption "like the rest of the chain" has. Chosen, not tuned."""

WEEKDAY_PRIOR = 0.25
"""The same for a weekday, in mean days: seen once it counts for four fifths."""

SHARE_WEEKDAY_PRIOR = 2.0
"""The same for a share: a new chain has few refunds in its first week, which says nothing about Tuesdays."""

LEAST_SEEN = 0.03
"""Share of a mean day below which a day was not seen: one small store was open, or all had just begun."""

TINY = 1e-9
REACHES = ((0, 1_000.0), (1, 100.0), (2, 25.0), (4, 5.0), (12, 0.0))
"""How many slots on either side are looked at, from so many events in a slot on: about 60 events together."""

DAY_SPREAD, DAY_SPREAD_DAYS = 0.1, 3.0
"""How far days stray before anything is known, and how many days' worth that counts."""


class Counted(NamedTuple):
    """Counts and totals, shape (stores, slots) each."""

    counts: Floats
    totals: Floats


@dataclass(frozen=True)
class Grid:
    """Stores by slots, shape (stores, slots) each: the store's clock, share of the slot open, and weight."""

    stores: tuple[str, ...]
    weekday: Ints
    slot: Ints
    day: Ints
    exposure: Floats
    weight: Floats


@dataclass(frozen=True)
class Fit:
    """What a slot of a store is usually worth: level x course, while it is open.

    Parameters
    ----------
    level
        Events per open slot of mean liveliness, shape (stores,).
    doubt
        Relative standard error of the level, shape (stores,).
    course
        Liveliness of each weekday and slot, shape (7, 96); 0 where nobody was ever open.
    known
        Weekdays that were seen, shape (7,).
    spread
        Variance ÷ mean of a slot's count; 1 = Poisson.
    day_spread
        Standard deviation of whole days of all stores, relative to the weekday's usual.
    per_day
        Events on a mean day, all stores together.
    fitted
        The usual count of each store and slot, days as they were, shape (stores, slots).

    """

    level: Floats
    doubt: Floats
    course: Floats
    known: NDArray[np.bool_]
    spread: float
    day_spread: float
    per_day: float
    fitted: Floats

    def stray(self, counts: Floats, grid: Grid) -> float:
        """Give variance ÷ mean of counts around this fit, from 1 to 20."""
        return spread_of(counts, self.fitted, grid.weight)


def fit_course(counts: Floats, grid: Grid) -> Fit | None:
    """Fit level of each store x liveliness of each slot x how each day went; None without any event.

    Each factor in turn is what was counted divided by what the others explain, as in iterative proportional
    fitting (Deming and Stephan 1940). After some rounds, days of a store that stray absurdly are left out.
    """
    weight = grid.weight.copy()
    if (counts * weight).sum() <= 0:
        return None
    stores, days = counts.shape[0], int(grid.day.max()) + 1
    level, lively, day = np.ones(stores), np.ones(SLOTS_PER_DAY), np.ones(days)
    fitted = grid.exposure
    for sweep in range(SWEEPS):
        if sweep == TRIM_AFTER:
            weight *= trusted(counts, fitted, grid, weight, days)
        counted, exposed = counts * weight, grid.exposure * weight
        level = ratio(counted.sum(axis=1), (exposed * lively[grid.slot] * day[grid.day]).sum(axis=1))
        by_level = exposed * level[:, None]
        lively = ratio(
            *smoothed(tally(counted, grid.slot), tally(by_level * day[grid.day], grid.slot), counted.sum())
        )
        scale = lively[lively > 0].mean()
        lively = lively / scale
        level = level * scale
        by_slot = exposed * level[:, None] * lively[grid.slot]
        explained = tally(by_slot, grid.day, days)
        prior = WEEKDAY_PRIOR / 5 * explained + TINY
        day = (tally(counted, grid.day, days) + prior) / (explained + prior)
        mean_day = (day * explained).sum() / explained.sum()
        day /= mean_day
        level = level * mean_day
        fitted = level[:, None] * lively[grid.slot] * day[grid.day] * grid.exposure
    weekday, known, day_spread = weekdays(day, tally(fitted * weight, grid.day, days), grid)
    own = weekday_course(counts * weight, fitted * weight, grid)
    per_day = float((fitted * (grid.weight > 0)).sum() / max(1, (tally(weight, grid.day, days) > 0).sum()))
    return Fit(
        level=level,
        doubt=1 / np.sqrt(np.maximum(1.0, (counts * weight).sum(axis=1))),
        course=lively * own * weekday[:, None],
        known=known,
        spread=spread_of(counts, fitted, weight),
        day_spread=day_spread,
        per_day=per_day,
        fitted=fitted * own[grid.weekday, grid.slot],
    )


def fit_share(counts: Floats, base: Fit, grid: Grid) -> Fit:
    """Fit a series as a share of another one, by store, slot and weekday as far as its events prove it."""
    weight = grid.weight
    counted, explained = counts * weight, base.fitted * weight
    # Half an event stands for "never seen so far".
    share = max(0.5, counted.sum()) / explained.sum()
    fitted = base.fitted * share
    stores = (counted.sum(axis=1) + STORE_PRIOR) / ((fitted * weight).sum(axis=1) + STORE_PRIOR)
    fitted = fitted * stores[:, None]
    told, expected = smoothed(
        tally(counted, grid.slot), tally(fitted * weight, grid.slot), max(1.0, counted.sum())
    )
    slots = (told + COURSE_PRIOR) / (expected + COURSE_PRIOR)
    fitted = fitted * slots[grid.slot]
    days = int(grid.day.max()) + 1
    told, expected = tally(counted, grid.weekday, 7), tally(fitted * weight, grid.weekday, 7)
    prior = SHARE_WEEKDAY_PRIOR * tally(fitted * weight, grid.day, days).mean()
    weekday = (told + prior) / (expected + prior)
    fitted = fitted * weekday[grid.weekday]
    by_day = tally(fitted * weight, grid.day, days)
    paces = (tally(counted, grid.day, days) + 0.5) / (by_day + 0.5)
    return Fit(
        level=base.level * share * stores,
        doubt=1 / np.sqrt(np.maximum(1.0, counted.sum(axis=1) + STORE_PRIOR)),
        course=base.course * slots * weekday[:, None],
        known=base.known,
        spread=spread_of(counts, fitted, weight),
        day_spread=max(base.day_spread, spread_of_days(paces, np.ones(days), by_day)),
        per_day=base.per_day * share,
        fitted=fitted,
    )


def trusted(counts: Floats, fitted: Floats, grid: Grid, weight: Floats, days: int) -> Floats:
    """Give 0 for the days of a store that stray absurdly, else 1; shape (stores, slots)."""
    used = weight > 0
    rows = np.arange(counts.shape[0])[:, None] * days + grid.day
    size = counts.shape[0] * days
    told, expected = tally(counts * used, rows, size), tally(fitted * used, rows, size)
    allowed = TRIM_DEVIATIONS * np.sqrt(expected + (0.15 * expected) ** 2 + 1)
    kept: Floats = (np.abs(told - expected) <= allowed)[rows].astype(np.float64)
    return kept


def weekdays(day: Floats, explained: Floats, grid: Grid) -> tuple[Floats, NDArray[np.bool_], float]:
    """Give each weekday's factor, which were seen, and how far days stray from theirs."""
    which = np.zeros(len(day), dtype=np.int64)
    which[grid.day.ravel()] = grid.weekday.ravel()
    seen = tally(explained, which, 7)
    # Measured in days of that weekday: on Sundays few stores are open.
    prior = WEEKDAY_PRIOR * ratio(seen, tally((explained > 0).astype(np.float64), which, 7)) + TINY
    factors = (tally(explained * day, which, 7) + prior) / (seen + prior)
    known = seen > LEAST_SEEN * explained.mean()
    return factors, known, spread_of_days(day, factors[which], explained)


def spread_of_days(day: Floats, usual: Floats, explained: Floats) -> float:
    """Give the standard deviation of days around their usual, relative, beyond what chance explains."""
    used = explained > LEAST_SEEN * explained.mean()
    strays = (day[used] / usual[used] - 1) ** 2 - 1 / np.maximum(1.0, explained[used])
    variance = (strays.sum() + DAY_SPREAD_DAYS * DAY_SPREAD**2) / (used.sum() + DAY_SPREAD_DAYS)
    return float(np.sqrt(max(variance, 0.03**2)))


def weekday_course(counted: Floats, explained: Floats, grid: Grid) -> Floats:
    """Give how each weekday's course differs from that of all days, shape (7, 96)."""
    which = grid.weekday * SLOTS_PER_DAY + grid.slot
    told = tally(counted, which, 7 * SLOTS_PER_DAY).reshape(7, SLOTS_PER_DAY)
    expected = tally(explained, which, 7 * SLOTS_PER_DAY).reshape(7, SLOTS_PER_DAY)
    rows = [smoothed(t, e, t.sum()) for t, e in zip(told, expected, strict=True)]
    return np.array([(t + COURSE_PRIOR) / (e + COURSE_PRIOR) for t, e in rows])


def smoothed(told: Floats, expected: Floats, events: float) -> tuple[Floats, Floats]:
    """Sum both over neighbouring slots of the day, the wider the fewer events there are."""
    per_slot = events / SLOTS_PER_DAY
    reach = next(reach for reach, least in REACHES if per_slot >= least)
    weights = [1 - abs(step) / (reach + 1) for step in range(-reach, reach + 1)]

    def summed(values: Floats) -> Floats:
        total = np.zeros_like(values)
        for weight, step in zip(weights, range(-reach, reach + 1), strict=True):
            total += weight * np.roll(values, step)
        return total

    return summed(told), summed(expected)


def spread_of(counts: Floats, fitted: Floats, weight: Floats) -> float:
    """Give variance ÷ mean around the fit, from 1 to 20; single slots beyond ten deviations count as ten."""
    used = (weight > 0) & (fitted > 0)
    if not used.any():
        return 1.0
    strays = np.minimum((counts[used] - fitted[used]) ** 2, 100 * (fitted[used] + 1))
    return float(np.clip(strays.sum() / fitted[used].sum(), 1.0, 20.0))


def tally(values: Floats, by: Ints, size: int = SLOTS_PER_DAY) -> Floats:
    """Sum values by a number from 0 to before `size`."""
    sums: Floats = np.bincount(by.ravel(), weights=values.ravel(), minlength=size).astype(np.float64)
    return sums


def ratio(told: Floats, expected: Floats) -> Floats:
    """Divide; 0 where nothing could be told."""
    return np.divide(told, expected, out=np.zeros_like(told), where=expected > 0)
