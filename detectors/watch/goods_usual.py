"""How much of each category of goods is usual in a channel, learnt from its last four weeks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.opening import SLOTS_PER_DAY
from detectors.watch.seasonal import Exclusion, count, make_grid, started
from detectors.watch.seasonal_fit import SHARE_WEEKDAY_PRIOR, Grid, fit_course, spread_of_days, tally
from detectors.watch.stores import StoreBook

__all__ = ["UsualGoods", "learn_goods"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class UsualGoods:
    """What is usual of the categories of one channel.

    Parameters
    ----------
    categories
        In the order of the rows.
    rates
        Lines in a quarter of an hour, shape (categories, 7, 96), on a mean day.
    worth
        Money per line, shape (categories,).
    doubt
        Relative standard error of the level, shape (categories,).
    stray
        Standard deviation of whole days around their usual share, relative, shape (categories,).
    spread
        Variance ÷ mean of a slot's lines.

    """

    categories: tuple[str, ...]
    rates: Floats
    worth: Floats
    doubt: Floats
    stray: Floats
    spread: float

    def rate(self, category: str, weekday: int, slot: int) -> float:
        """Give the lines usual in a quarter of an hour; 0 of what is not known."""
        if category not in self.categories:
            return 0.0
        return float(self.rates[self.categories.index(category), weekday, slot])


def learn_goods(
    book: MinuteBook,
    stores: StoreBook,
    channel: str,
    *,
    categories: Sequence[str],
    until: float,
    days: int,
    excluded: Sequence[Exclusion],
) -> UsualGoods | None:
    """Learn what is usual of categories from the days before `until`; None if nothing of them was sold.

    Parameters
    ----------
    book
        The goods' own.
    stores
        For the clock.
    channel
        Which.
    categories
        Those that are told apart.
    until
        Beginning of the day that it is for, seconds since 1970.
    days
        How many days back.
    excluded
        What was not normal; in the place of the store the category, or nothing.

    Cost: about 10 ms for ten categories and four weeks.

    """
    end = int(until // SLOT_SECONDS)
    begin = end - days * SLOTS_PER_DAY
    members = [one for one in categories if book.history(channel, one, begin, end)[0].any()]
    if not members:
        return None
    grid = make_grid(
        stores,
        shares={one: np.ones((7, SLOTS_PER_DAY)) for one in members},
        members=members,
        begin=begin,
        end=end,
        complete_until=dict.fromkeys(members, until),
        excluded=excluded,
    )
    grid = started(grid, book, channel, begin, end)
    told = count(book, channel, members, begin, end)
    fit = fit_course(told.counts, grid)
    if fit is None:
        return None
    weekday, stray = by_weekday(told.counts, fit.fitted, grid)
    lines = (told.counts * grid.weight).sum(axis=1)
    return UsualGoods(
        tuple(members),
        fit.level[:, None, None] * fit.course * fit.known[:, None] * weekday[:, :, None],
        (told.totals * grid.weight).sum(axis=1) / np.maximum(1.0, lines),
        fit.doubt,
        stray,
        fit.spread,
    )


def by_weekday(counts: Floats, fitted: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """Say how much more of each category sells on each weekday, and how far its days stray from that.

    As far as its lines prove it: a campaign of every Tuesday does within some weeks.

    Returns
    -------
    Factors, shape (categories, 7), and relative standard deviations, shape (categories,).

    """
    number, days = len(counts), int(grid.day.max()) + 1
    rows = np.arange(number)[:, None]
    told, expected = (
        tally(one * grid.weight, rows * 7 + grid.weekday, number * 7) for one in (counts, fitted)
    )
    told, expected = told.reshape(number, 7), expected.reshape(number, 7)
    prior = SHARE_WEEKDAY_PRIOR * expected.sum(axis=1, keepdims=True) / days + 1e-9
    factors: Floats = (told + prior) / (expected + prior)
    usual = fitted * factors[rows, grid.weekday] * (grid.weight > 0)
    seen, by_day = (
        tally(one, rows * days + grid.day, number * days).reshape(number, days)
        for one in (counts * (grid.weight > 0), usual)
    )
    strays = [
        spread_of_days((one + 0.5) / (other + 0.5), np.ones(days), other)
        for one, other in zip(seen, by_day, strict=True)
    ]
    return factors, np.array(strays)
