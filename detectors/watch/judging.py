"""Which rates have changed, and which of the changes are worth saying."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from detectors.anomaly.rate_run import RateRun
from detectors.series.table import CHECKOUT, SERIES
from detectors.watch.observing import Observed
from detectors.watch.place import CHAIN, Place

__all__ = ["STEPS_PER_DAY", "Change", "RateJudge"]

FALLS = (0.6, 0.6, 0.25)
"""What is looked for in the chain, in regions and in stores, as a share of the usual rate. A store may sell
half for an hour without a word, a region not. Chosen on simulated chains of seeds 1 and 2."""

GOODS_FALL = 0.4
"""The same for a category of goods in all channels. Chosen on seeds 1 and 2, between .5, which finds one that
nobody can buy ten minutes later, and .3, which takes longer where half of it is sold still."""

BUSY_STEP = 5.0
"""Usual events in five minutes from which on a store is looked at as a region is: 60 payments an hour."""

BUSY_DOUBT = 0.05
"""By so much its day may differ from the others'. Chosen, not tuned: no simulated store is busy."""

RISE = 4.0

FALSE_PER_DAY_TOGETHER = 0.01
"""False findings a day that a series may cost in the chain and in each region; in stores the table says."""

ORDER = (1, 0, 2)
"""In which chain, regions and stores are told."""

STEPS_PER_DAY = 288.0
LEAST_EVIDENCE = 6.0
RISE_FLOOR = 0.02
"""Events in five minutes that count as usual where fewer are: one in four hours says nothing."""

FORESHADOWED = 4.0
"""Evidence that a category falls with which the chain's fall waits for it: an accident has it in one of 50
runs. Chosen on seed 1: dear goods take much revenue along before enough of them are missing to be sure."""

EXPLAINED_SHARE = 0.5
"""And so much of the chain's missing money must be the category's. Chosen."""

DAYS_DOUBTED = 1.5
"""Deviations of whole days that are granted where no other store says how today goes."""

CHAIN_FALL_DOUBTED = 1.0
"""The same for falls of the chain, which has many events of every day; chosen on seeds 1 and 2."""

COVERED_BY_CHECKOUT = frozenset({"orders", *CHECKOUT})


class Key(NamedTuple):
    """Which run."""

    series: str
    place: Place


@dataclass(frozen=True)
class Change:
    """A change to be told."""

    series: str
    place: Place
    run: RateRun


class RateJudge:
    """Keeps a run per series and place, and tells a change once.

    A change of the whole chain covers the same change of its regions, stores and categories of goods, one of
    a region that of its stores, one of a category that of its channels; but while a single region or category
    explains it, or such a category may, the chain's is not told. Fallen orders cover fallen
    revenue; a broken checkout covers what it causes.
    """

    def __init__(self) -> None:
        self._runs: dict[Key, RateRun] = {}
        self._touched: dict[Key, None] = {}
        self._told: dict[Key, None] = {}
        self._covered: set[Key] = set()

    def step(
        self, place: Place, begin: float, end: float, seen: Observed, *, pace: float, per_day: float
    ) -> None:
        """Take in a finished step of a store or the chain.

        Parameters
        ----------
        pace
            How the other stores go today; 1 where nothing can be said, then whole days are doubted too. Of no
            account where another series says how much is usual.
        per_day
            Events usual in all stores on a day, for the budget of false findings; of goods the steps of all
            their categories.

        """
        ratio, doubt = aim(place, seen, pace)
        key = Key(seen.series, place)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = RateRun(ratio)
        run.look_for(ratio)
        pace = pace if seen.given is None else seen.given
        usual = seen.usual * pace
        sure = usual * max(0.2, 1 - doubt) if ratio < 1 else max(usual * (1 + doubt), RISE_FLOOR)
        before = run.open and run.until is None
        run.step(
            begin, end, seen.counted, usual,
            sure=sure, spread=seen.spread, threshold=needed(seen.series, per_day, place),
            money=seen.money, usual_money=seen.usual_money * pace,
        )  # fmt: skip
        if before or run.open:
            self._touched[key] = None

    def close(self, place: Place, at: float) -> None:
        """End what lasts at a place: it closed."""
        for key, run in self._runs.items():
            if key.place == place and run.until is None:
                if run.open:
                    self._touched[key] = None
                run.stop(at)

    def drop(self, category: str) -> None:
        """Forget a category that is over; what was told of it has ended before."""
        for key in [key for key in self._runs if key.place.category == category]:
            del self._runs[key]
            self._touched.pop(key, None)
            self._told.pop(key, None)
            self._covered.discard(key)

    def told(self) -> list[Change]:
        """Give the changes that were told and last."""
        return [Change(key.series, key.place, self._runs[key]) for key in self._told]

    def report(self, is_broken: Callable[[str], bool]) -> list[Change]:
        """Give the changes that are new, went on or ended since the last call.

        Parameters
        ----------
        is_broken
            Says of a store whether its checkout is known to be broken.

        """
        changes: list[Change] = []
        # Regions first, for what they explain and cover, then the chain; then orders before revenue.
        for key in sorted(self._touched, key=lambda key: (ORDER[key.place.size], key)):
            run = self._runs[key]
            if not run.open or (key not in self._told and self._is_foreshadowed(key)):
                continue
            if key in self._covered or (key not in self._told and self._is_covered(key, is_broken)):
                self._covered.add(key)
            else:
                self._told[key] = None
                changes.append(Change(key.series, key.place, run))
            if run.until is not None:
                self._covered.discard(key)
                self._told.pop(key, None)
        self._touched.clear()
        return changes + self._give_way(is_broken)

    def _is_covered(self, key: Key, is_broken: Callable[[str], bool]) -> bool:
        topic = topic_of(key.series)
        told = [one.place for one in self._told if topic_of(one.series) == topic]
        return (
            is_explained(key, is_broken)
            or any(place.covers(key.place) for place in told)
            or (key.place == CHAIN and len({place for place in told if place.size == 1}) == 1)
        )

    def _is_foreshadowed(self, key: Key) -> bool:
        """Say whether the chain's fall may be that of one category, of which not enough is missing yet."""
        if key.place != CHAIN or SERIES[key.series].bad != "low":
            return False
        lost = EXPLAINED_SHARE * missing(self._runs[key])
        return any(
            one.place.category
            and topic_of(one.series) == topic_of(key.series)
            and run.value >= FORESHADOWED
            and run.until is None
            and missing(run) >= lost
            for one, run in self._runs.items()
        )

    def _give_way(self, is_broken: Callable[[str], bool]) -> list[Change]:
        """End what was told of smaller places before something larger said the same."""
        ended = []
        for key in list(self._told):
            larger = any(
                one.place.size < key.place.size
                and one.place.covers(key.place)
                and topic_of(one.series) == topic_of(key.series)
                for one in self._told
            )
            if key.place != CHAIN and (larger or is_explained(key, is_broken)):
                run = self._runs[key]
                run.stop(run.last_at)
                del self._told[key]
                ended.append(Change(key.series, key.place, run))
        return ended


def aim(place: Place, seen: Observed, pace: float) -> tuple[float, float]:
    """Say what change is looked for, as a share of the usual rate, and how far that is doubted, relative."""
    fall = SERIES[seen.series].bad == "low"
    doubt = seen.doubt
    # Others say how today goes, and there is enough of it to say more than of a single store.
    busy = bool(place.store_id) and seen.given is None and pace != 1.0 and seen.usual >= BUSY_STEP
    if busy:
        doubt += BUSY_DOUBT
    elif pace == 1.0 and seen.given is None:
        doubt += seen.day_spread * (CHAIN_FALL_DOUBTED if fall and place == CHAIN else DAYS_DOUBTED)
    if place.category and not place.channel:
        return GOODS_FALL, doubt
    return (FALLS[1 if busy else place.size] if fall else RISE), doubt


def missing(run: RateRun) -> float:
    """Give the money that stayed away."""
    return run.usual_money - run.money


def is_explained(key: Key, is_broken: Callable[[str], bool]) -> bool:
    """Say whether a broken checkout explains it."""
    return topic_of(key.series) in COVERED_BY_CHECKOUT and is_broken(key.place.store_id)


def topic_of(series: str) -> str:
    """Name what a change is about: what fails at a step fails after it too."""
    one = SERIES[series]
    return one.told_as or (series if one.given is None else f"what becomes of {one.given}")


def needed(series: str, per_day: float, place: Place) -> float:
    """Give the evidence that makes a finding, from the budget of false ones.

    A run of likelihood ratios reaches e^h by chance at most once in e^h runs, and there are no more runs than
    events or steps.
    """
    if not (place.store_id or place.category):
        return log(STEPS_PER_DAY / FALSE_PER_DAY_TOGETHER)
    return max(LEAST_EVIDENCE, log(max(per_day, 1.0) / SERIES[series].false_per_day))
