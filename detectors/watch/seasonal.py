"""What is usual for a series in a store at a quarter of an hour, learnt from the chain's last four weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.series.table import SERIES
from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.opening import SLOTS_PER_DAY, local_slots, open_shares
from detectors.watch.seasonal_fit import LEAST_SEEN, Counted, Fit, Grid, fit_course, fit_share
from detectors.watch.stores import StoreBook

__all__ = ["LEARNT", "Exclusion", "Profile", "Usual", "learn"]

LEARNING_DAYS = 28
HALF_LIFE_DAYS = 14.0
"""Days that old count half. Chosen, not tuned: a store's level changes within weeks, a day is noise."""

LEARNT: Mapping[str, str] = {name: one.rhythm for name, one in SERIES.items() if one.rhythm is not None}
"""Each series whose usual course is learnt, with the one whose rhythm it takes."""


@dataclass(frozen=True)
class Exclusion:
    """A stretch of a store (empty = all) that was not normal, so nothing is learnt from it."""

    store_id: str
    begin: float
    end: float


@dataclass(frozen=True)
class Usual:
    """What is usual for one series in the stores of one channel.

    Parameters
    ----------
    fit
        Levels, course over the week, and how far single slots and days stray.
    places
        Row of each store in the fit.
    value
        Total per event, in the series' unit.
    total_spread
        Variance ÷ mean of a slot's total, in units of `value`; 1 = Poisson, and all events worth the same.

    """

    fit: Fit
    places: Mapping[str, int]
    value: float
    total_spread: float


class Profile:
    """What is usual on one day, for every series and store; made by `learn`.

    Parameters
    ----------
    learnt_days
        Whole days that it rests on.

    Cost: about 1 µs a rate.

    """

    def __init__(
        self,
        usual: Mapping[tuple[str, str], Usual],
        channels: Mapping[str, str],
        shares: Mapping[str, NDArray[np.float64]],
        learnt_days: int,
    ) -> None:
        self._usual = usual
        self.channels = channels
        self.shares = shares
        self.learnt_days = learnt_days

    def of(self, series: str, store_id: str) -> Usual | None:
        """Give what is usual for a series where the store belongs; None if it was never seen there."""
        usual = self._usual.get((series, self.channels.get(store_id, "")))
        return usual if usual is not None and store_id in usual.places else None

    def rate(self, series: str, store_id: str, weekday: int, slot: int) -> float:
        """Give the events usual in a slot, all of it or the part in which the store is open."""
        usual = self.of(series, store_id)
        if usual is None:
            return 0.0
        place = usual.places[store_id]
        share = self.shares[store_id][weekday, slot]
        return float(usual.fit.level[place] * usual.fit.course[weekday, slot] * share)

    def per_day(self, series: str) -> float:
        """Give the events usual on a mean day in all stores together."""
        return sum(usual.fit.per_day for (known, _), usual in self._usual.items() if known == series)


def learn(
    book: MinuteBook,
    stores: StoreBook,
    *,
    until: float,
    complete_until: Mapping[str, float],
    excluded: Sequence[Exclusion],
) -> Profile:
    """Learn what is usual from finished, complete slots before `until`.

    Parameters
    ----------
    until
        Beginning of the day that the profile is for, seconds since 1970.
    complete_until
        Per store the moment before which everything is here; what is later is left out.
    excluded
        What was not normal.

    Cost: about 80 ms for 42 stores, 13 series and four weeks.

    """
    end = int(until // SLOT_SECONDS)
    begin = int(max(book.first_minute // SLOT_SECONDS, end - LEARNING_DAYS * SLOTS_PER_DAY))
    begin = max(begin, end - seen_days(book, end) * SLOTS_PER_DAY)
    learnt_days = max(0, (end - begin) // SLOTS_PER_DAY)
    everyone = sorted({store_id for series in LEARNT for store_id in book.stores(series)} | set(stores.ids))
    channels = {store_id: channel_of(stores, store_id) for store_id in everyone}
    shares = {store_id: open_shares(stores, store_id) for store_id in everyone}
    usual: dict[tuple[str, str], Usual] = {}
    if learnt_days == 0:
        return Profile(usual, channels, shares, 0)
    for base in [series for series, rhythm in LEARNT.items() if rhythm == series]:
        for channel in sorted(set(channels.values())):
            members = [store_id for store_id in book.stores(base) if channels[store_id] == channel]
            if not members:
                continue
            grid = make_grid(
                stores, shares=shares, members=members, begin=begin, end=end,
                complete_until=complete_until, excluded=excluded,
            )  # fmt: skip
            grid = started(grid, book, base, begin, end)
            usual |= learn_group(book, base, channel, grid, begin=begin, end=end)
    return Profile(usual, channels, shares, learnt_days)


def seen_days(book: MinuteBook, end: int) -> int:
    """Count the days back to the first with more than a few events: one of a wrong clock begins nothing."""
    begin = end - LEARNING_DAYS * SLOTS_PER_DAY
    bases = [name for name, rhythm in LEARNT.items() if rhythm == name]
    counts = [book.history(base, store_id, begin, end)[0] for base in bases for store_id in book.stores(base)]
    if not counts:
        return 0
    days = np.sum(counts, axis=0).reshape(LEARNING_DAYS, SLOTS_PER_DAY).sum(axis=1)
    seen = np.flatnonzero(days > LEAST_SEEN * days.max())
    return LEARNING_DAYS - int(seen[0]) if len(seen) else 0


def channel_of(stores: StoreBook, store_id: str) -> str:
    """Say which stores a store is compared with."""
    store = stores.get(store_id)
    return "" if store is None else store.channel


def make_grid(
    stores: StoreBook,
    *,
    shares: Mapping[str, NDArray[np.float64]],
    members: list[str],
    begin: int,
    end: int,
    complete_until: Mapping[str, float],
    excluded: Sequence[Exclusion],
) -> Grid:
    """Say for each store and slot what its clock shows, how long it was open and how much it counts."""
    clocks = {}
    rows = []
    moments = np.arange(begin, end) * SLOT_SECONDS
    recency = 0.5 ** ((end - np.arange(begin, end)) / SLOTS_PER_DAY / HALF_LIFE_DAYS)
    weights = []
    for store_id in members:
        store = stores.get(store_id)
        zone = "" if store is None else store.time_zone
        if zone not in clocks:
            clocks[zone] = local_slots(stores, store_id, begin, end)
        rows.append(clocks[zone])
        usable = moments + SLOT_SECONDS <= complete_until.get(store_id, -np.inf)
        for stretch in excluded:
            if stretch.store_id in ("", store_id):
                usable &= (moments + SLOT_SECONDS <= stretch.begin) | (moments >= stretch.end)
        weights.append(np.where(usable, recency, 0.0))
    weekday = np.array([clock.weekday for clock in rows])
    slot = np.array([clock.slot for clock in rows])
    exposure = np.array(
        [shares[store_id][clock.weekday, clock.slot] for store_id, clock in zip(members, rows, strict=True)]
    )
    day = np.array([clock.day for clock in rows])
    return Grid(tuple(members), weekday, slot, day, exposure, np.array(weights) * (exposure > 0))


def started(grid: Grid, book: MinuteBook, base: str, begin: int, end: int) -> Grid:
    """Leave out what was before a store's first event, unless everything began then."""
    weights = grid.weight.copy()
    for place, store_id in enumerate(grid.stores):
        counts, _ = book.history(base, store_id, begin, end)
        first = int(np.argmax(counts > 0)) if counts.any() else len(counts)
        if first > SLOTS_PER_DAY:
            weights[place, :first] = 0.0
    return Grid(grid.stores, grid.weekday, grid.slot, grid.day, grid.exposure, weights)


def learn_group(
    book: MinuteBook, base: str, channel: str, grid: Grid, *, begin: int, end: int
) -> dict[tuple[str, str], Usual]:
    """Learn a base series of one channel, and those that are a share of it."""
    counted = count(book, base, grid.stores, begin, end)
    fit = fit_course(counted.counts, grid)
    if fit is None:
        return {}
    places = {store_id: place for place, store_id in enumerate(grid.stores)}
    found = {(base, channel): make_usual(fit, counted, grid, places, value_of(counted, grid))}
    for series in [one for one, rhythm in LEARNT.items() if base == rhythm != one]:
        told = count(book, series, grid.stores, begin, end)
        if SERIES[series].bad == "low" and not told.counts.any():
            continue  # what never was cannot fall
        if series == "revenue":
            # Money comes in payments: worth of so many of them, so that it is as regular as they are.
            value = float((told.totals * grid.weight).sum() / max(1.0, (counted.counts * grid.weight).sum()))
            if value <= 0:
                continue
            told = Counted(told.totals / value, told.totals)
        else:
            value = value_of(told, grid)
        found[series, channel] = make_usual(fit_share(told.counts, fit, grid), told, grid, places, value)
    return found


def make_usual(fit: Fit, told: Counted, grid: Grid, places: Mapping[str, int], value: float) -> Usual:
    """Add what an event is worth, and how far totals stray."""
    total_spread = fit.stray(told.totals / value, grid) if value else 1.0
    return Usual(fit, places, value, total_spread)


def value_of(told: Counted, grid: Grid) -> float:
    """Give the mean total per event."""
    counts = float((told.counts * grid.weight).sum())
    return float((told.totals * grid.weight).sum()) / counts if counts else 0.0


def count(book: MinuteBook, series: str, members: Sequence[str], begin: int, end: int) -> Counted:
    """Give counts and totals of a series, shape (stores, slots) each."""
    courses = [book.history(series, store_id, begin, end) for store_id in members]
    return Counted(np.array([counts for counts, _ in courses]), np.array([totals for _, totals in courses]))
