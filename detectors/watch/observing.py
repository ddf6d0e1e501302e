"""What a finished five minutes of a store brought, beside what is usual."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from detectors.series.table import SERIES, WATCHED
from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.seasonal import Profile
from detectors.watch.stores import StoreBook

__all__ = ["STEP_SECONDS", "Observed", "added_up", "observe", "paced", "together"]

STEP_SECONDS = 300


@dataclass(frozen=True)
class Observed:
    """One series over one step.

    Parameters
    ----------
    series
        Its name.
    counted, usual
        Events, or for revenue payments' worth; usual by the weekday and time, without how today goes.
    money, usual_money
        Minor units of the reporting currency; of orders it is the revenue. 0 where the series has none.
    doubt
        Relative standard error of what is usual.
    spread
        Variance ÷ mean of what is counted.
    day_spread
        Standard deviation of whole days, relative.
    given
        Of a series that is judged by another: how that one went in the same minutes, 1 = as usual; else None.

    """

    series: str
    counted: float
    usual: float
    money: float
    usual_money: float
    doubt: float
    spread: float
    day_spread: float
    given: float | None = None


def observe(
    book: MinuteBook, stores: StoreBook, profile: Profile, store_id: str, step: int
) -> list[Observed] | None:
    """Read one step of a store (counted in five minutes from 1970); None while it is closed.

    Orders come before revenue, which is spoken of only where orders are not.

    What has no usual value yet is left out: a series never seen, a weekday never seen.
    """
    begin = step * STEP_SECONDS
    local = stores.local(store_id, begin)
    weekday, slot = local.weekday(), (local.hour * 60 + local.minute) * 60 // SLOT_SECONDS
    if profile.shares[store_id][weekday, slot] == 0:
        return None
    found = []
    for series in WATCHED:
        usual = profile.of(series, store_id)
        rate = profile.rate(series, store_id, weekday, slot) * STEP_SECONDS / SLOT_SECONDS
        if usual is None or rate == 0 or not usual.fit.known[weekday]:
            continue
        sums = book.sums(series, store_id, begin, begin + STEP_SECONDS)
        worth = SERIES[series].is_money
        by_money = series == "revenue"
        found.append(
            Observed(
                series,
                # less than nothing was not sold: a refund is no customer who stays away
                counted=max(0, sums.total) / usual.value if by_money else float(sums.events),
                usual=rate,
                money=float(sums.total) if worth else 0.0,
                usual_money=rate * usual.value if worth else 0.0,
                doubt=float(usual.fit.doubt[usual.places[store_id]]),
                spread=usual.total_spread if by_money else usual.fit.spread,
                day_spread=usual.fit.day_spread,
            )
        )
    return judged_by_others(found)


def judged_by_others(observed: list[Observed]) -> list[Observed]:
    """Say of each series that is judged by another how that one went; without the other it is left out."""
    by_name = {seen.series: seen for seen in observed}
    found = []
    for seen in observed:
        other = SERIES[seen.series].given
        if other is None:
            found.append(seen)
        elif other in by_name:
            base = by_name[other]
            # The other's chance is not added: both count the same visits, or the same baskets.
            found.append(replace(seen, given=base.counted / base.usual))
    return found


def paced(seen: Observed, pace: float) -> Observed:
    """Say what is usual at a pace, unless another series says how much is: then nothing is doubted."""
    if seen.given is not None:
        return seen
    usual, money = seen.usual * pace, seen.usual_money * pace
    return replace(seen, usual=usual, usual_money=money, day_spread=0.0)


def together(parts: list[Observed]) -> Observed:
    """Add up one series of several stores, without the worst: what one does is not the chain's."""
    sign = 1 if SERIES[parts[0].series].bad == "high" else -1
    kept = sorted(parts, key=lambda part: sign * (part.counted - part.usual))[:-1]
    return replace(added_up(kept), doubt=0.0)


def added_up(parts: Sequence[Observed]) -> Observed:
    """Add up one series of several places."""
    usual = sum(part.usual for part in parts)

    def mean(values: Iterable[float]) -> float:
        return sum(part.usual * value for part, value in zip(parts, values, strict=True)) / usual

    return Observed(
        parts[0].series,
        counted=sum(part.counted for part in parts),
        usual=usual,
        money=sum(part.money for part in parts),
        usual_money=sum(part.usual_money for part in parts),
        doubt=mean(part.doubt for part in parts),
        spread=mean(part.spread for part in parts),
        day_spread=max(part.day_spread for part in parts),
        given=None if parts[0].given is None else mean(part.given or 0.0 for part in parts),
    )
