"""Which rates have changed, and which of the changes are worth saying."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from detectors.anomaly.rate_run import RateRun
from detectors.series.table import CHECKOUT, SERIES
from detectors.watch.observing import Observed

__all__ = ["CHAIN", "Change", "RateJudge"]

CHAIN = ""
"""All stores together, as in `Expectation.store_id`."""

STORE_FALL, CHAIN_FALL = 0.25, 0.5
STORE_RISE, CHAIN_RISE = 4.0, 4.0
"""The changes that are looked for. A store may sell half for an hour without a word, the chain not."""

FALSE_PER_DAY_CHAIN = 0.01
"""False findings a day that each series may cost in the chain as a whole; in its stores the table says."""

STEPS_PER_DAY = 288.0
LEAST_EVIDENCE = 6.0
RISE_FLOOR = 0.02
"""Events in five minutes that count as usual where fewer are: one in four hours says nothing."""

DAYS_DOUBTED = 1.5
"""Deviations of whole days that are granted where no other store says how today goes."""

COVERED_BY_CHECKOUT = frozenset({"orders", *CHECKOUT})


class Key(NamedTuple):
    """Which run."""

    series: str
    place: str


@dataclass(frozen=True)
class Change:
    """A change to be told."""

    series: str
    place: str
    run: RateRun


class RateJudge:
    """Keeps a run per series and place, and tells a change once.

    A change of the whole chain covers the same change of its stores; fallen orders cover fallen revenue; a
    broken checkout covers what it causes.
    """

    def __init__(self) -> None:
        self._runs: dict[Key, RateRun] = {}
        self._touched: dict[Key, None] = {}
        self._told: dict[Key, None] = {}
        self._covered: set[Key] = set()

    def step(
        self, place: str, begin: float, end: float, seen: Observed, *, pace: float, per_day: float
    ) -> None:
        """Take in a finished step of a store or the chain.

        Parameters
        ----------
        pace
            How the other stores go today; 1 where nothing can be said, then whole days are doubted too. Of no
            account where another series says how much is usual.
        per_day
            Events usual in all stores on a day, for the budget of false findings.

        """
        fall = SERIES[seen.series].bad == "low"
        chain = place == CHAIN
        ratio = (CHAIN_FALL if chain else STORE_FALL) if fall else (CHAIN_RISE if chain else STORE_RISE)
        key = Key(seen.series, place)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = RateRun(ratio)
        days_doubted = DAYS_DOUBTED if pace == 1.0 and seen.given is None else 0.0
        doubt = seen.doubt + days_doubted * seen.day_spread
        pace = pace if seen.given is None else seen.given
        usual = seen.usual * pace
        sure = usual * max(0.2, 1 - doubt) if fall else max(usual * (1 + doubt), RISE_FLOOR)
        before = run.open and run.until is None
        run.step(
            begin, end, seen.counted, usual,
            sure=sure, spread=seen.spread, threshold=needed(seen.series, per_day, chain=chain),
            money=seen.money, usual_money=seen.usual_money * pace,
        )  # fmt: skip
        if before or run.open:
            self._touched[key] = None

    def close(self, place: str, at: float) -> None:
        """End what lasts at a place: it closed."""
        for key, run in self._runs.items():
            if key.place == place and run.until is None:
                if run.open:
                    self._touched[key] = None
                run.stop(at)

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
        # The chain first, for what it covers; then orders before revenue.
        for key in sorted(self._touched, key=lambda key: (key.place != CHAIN, key)):
            run = self._runs[key]
            if not run.open:
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
        return (topic in COVERED_BY_CHECKOUT and is_broken(key.place)) or any(
            topic_of(told.series) == topic and told.place in (CHAIN, key.place) for told in self._told
        )

    def _give_way(self, is_broken: Callable[[str], bool]) -> list[Change]:
        """End what was told of stores before something larger said the same."""
        chain = {topic_of(told.series) for told in self._told if told.place == CHAIN}
        ended = []
        for key in list(self._told):
            topic = topic_of(key.series)
            broken = topic in COVERED_BY_CHECKOUT and is_broken(key.place)
            if key.place != CHAIN and (topic in chain or broken):
                run = self._runs[key]
                run.stop(run.last_at)
                del self._told[key]
                ended.append(Change(key.series, key.place, run))
        return ended


def topic_of(series: str) -> str:
    """Name what a change is about: what fails at a step fails after it too."""
    one = SERIES[series]
    return one.told_as or (series if one.given is None else f"what becomes of {one.given}")


def needed(series: str, per_day: float, *, chain: bool) -> float:
    """Give the evidence that makes a finding, from the budget of false ones.

    A run of likelihood ratios reaches e^h by chance at most once in e^h runs, and there are no more runs than
    events or steps.
    """
    if chain:
        return log(STEPS_PER_DAY / FALSE_PER_DAY_CHAIN)
    return max(LEAST_EVIDENCE, log(max(per_day, 1.0) / SERIES[series].false_per_day))
