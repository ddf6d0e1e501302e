"""The money at stake where a step of the funnel falls, or more pieces than usual come back."""

from collections.abc import Sequence
from typing import NamedTuple

from detectors.series.table import SERIES
from detectors.watch.judging import Change
from detectors.watch.minute_book import MINUTE_SECONDS, MinuteBook
from detectors.watch.seasonal import Profile

__all__ = ["Stake", "at_stake"]

LOOKED_AT_SECONDS = 86_400
"""What came is read of the last day of a change; minutes of two days are kept."""


class Stake(NamedTuple):
    """Money in minor units: what is missing, or went back, and what one event is usually worth."""

    lost: float
    each: float


def at_stake(change: Change, places: Sequence[str], profile: Profile, book: MinuteBook) -> Stake | None:
    """Give the money at stake in a change; None where it does not follow from what is known.

    A step of the funnel usually brings so much revenue. Of what the missing ones would have brought only that
    counts which did not come in all the same: where clicks alone are missing, nothing is lost. A piece that
    comes back is worth what a piece is usually sold for. Of pieces that are not sold nothing follows: as many
    payments as usual were made.

    Cost: about 30 µs, and 1 µs for each minute of the last day of the change.
    """
    run, series = change.run, change.series
    if SERIES[series].given == "views":
        each = usual_revenue_of(series, places, profile)
        there = [place for place in places if profile.of(series, place) is not None]
        missing = max(0.0, run.usual - run.count) * each
        return Stake(min(missing, max(0.0, run.usual * each - came(change, there, book))), each)
    if series == "units_returned":
        values = [usual.value for place in places if (usual := profile.of(series, place)) is not None]
        each = usual_revenue_of("units_sold", places, profile) * sum(values) / max(1, len(values))
        return Stake(max(0.0, run.count - run.usual) * each, each)
    return None


def usual_revenue_of(series: str, places: Sequence[str], profile: Profile) -> float:
    """Divide a usual week's revenue by its events of a series, or pieces; 0 where one is not known."""
    revenue = number = 0.0
    for place in places:
        orders, other = profile.of("orders", place), profile.of(series, place)
        if orders is None or other is None:
            continue
        known = orders.fit.known & other.fit.known
        open_share = profile.shares[place][known]
        sold, counted = (
            float(one.fit.level[one.places[place]] * (one.fit.course[known] * open_share).sum())
            for one in (orders, other)
        )
        revenue += sold * orders.value
        number += counted * (other.value if SERIES[series].unit == "pieces" else 1.0)
    return revenue / number if number > 0 else 0.0


def came(change: Change, places: Sequence[str], book: MinuteBook) -> float:
    """Give the revenue that came in during a change; of a long one at the pace of its last day."""
    since, end = (int(at) // MINUTE_SECONDS * MINUTE_SECONDS for at in (change.run.since, change.run.last_at))
    begin = max(since, end - LOOKED_AT_SECONDS)
    if end <= begin:
        return 0.0
    taken = sum(book.sums("orders", place, begin, end).total for place in places)
    return taken * (end - since) / (end - begin)
