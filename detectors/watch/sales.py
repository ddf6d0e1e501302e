"""Figures that left their usual range: fallen sales, and every other series with a bad direction."""

from collections.abc import Mapping, Sequence
from math import inf

from detectors.watch.categories import CategoryWatch
from detectors.watch.completeness import Completeness
from detectors.watch.expectations import PUBLISHED_SHARE
from detectors.watch.finding import Finding
from detectors.watch.forecasts import Forecasts
from detectors.watch.funnel import FunnelWatch
from detectors.watch.judging import RateJudge
from detectors.watch.learning import Learning
from detectors.watch.minute_book import MinuteBook
from detectors.watch.observing import STEP_SECONDS, Observed, observe, paced, together
from detectors.watch.place import CHAIN, Place, place_of
from detectors.watch.seasonal import Profile
from detectors.watch.stores import StoreBook
from detectors.watch.today import Today
from detectors.watch.unusual import finding_of
from schemas.expectation import Expectation
from schemas.metric_partial import MetricPartial
from schemas.metrics import OddGoods

__all__ = ["SeriesWatch"]

LOOK_SECONDS = 15.0
"""Event time between two looks at the sources: asking each at every call would cost more than judging."""

SETTLING_SECONDS = 30.0
"""A step is judged so long after everything before its end is here, for clocks that differ a little."""

LONGEST_LAG_SECONDS = 24 * 3_600.0
"""What is finished later than that is history, not news."""

FIRST_DAYS = 3
"""Days learnt before anything is judged: fewer do not show what a usual day is."""

KEPT_SECONDS = 50 * 3_600.0
"""Minutes are kept so long: the series agent lets a minute change for 48 hours."""

CHAIN_WAITS_SECONDS = 1_800.0
"""How far a store may be behind and the chain still waits for it; then the chain is the others."""

LEAST_STORES = 3
"""Fewer are judged each by itself alone."""

EXPECT_SECONDS = 1_800.0
EXPECT_DAYS = 2


class SeriesWatch:
    """Judges every finished five minutes of every store once, and of regions, categories and the chain.

    What was judged is not judged again when late figures change it; they only feed the history. The funnel
    belongs to it, because a broken checkout explains what else falls in its store.

    Parameters
    ----------
    stores
        Names, hours and time zones.
    sources
        How far everything has arrived.

    Cost: less than a microsecond where no step can have ended; about 2 ms per five minutes of 42 stores; .1 s
    once a day to learn.

    """

    def __init__(self, stores: StoreBook, sources: Completeness) -> None:
        self._stores = stores
        self._sources = sources
        self._book = MinuteBook()
        self._funnel = FunnelWatch(stores, sources)
        self._learning = Learning(stores, self._book)
        self._today = Today()
        self._forecasts = Forecasts(stores, self._book, sources)
        self._judge = RateJudge()
        self._goods = CategoryWatch(stores, self._judge)
        self._next: dict[Place, int] = {}
        self._observed: dict[int, dict[str, list[Observed]]] = {}
        self._look_at = self._expect_at = -inf

    @property
    def odd_goods(self) -> Mapping[OddGoods, int]:
        """Count what is not told apart by category."""
        return self._goods.categories.odd

    def partials(self, partials: Sequence[MetricPartial]) -> None:
        """Take in figures of minutes, in any order."""
        goods = [one for one in partials if one.category]
        if goods:
            self._goods.partials(goods)
            partials = [one for one in partials if not one.category]
        self._book.take(partials)
        self._funnel.partials(partials)

    def findings(self, now: float) -> list[Finding]:
        """Judge what has been finished by now; give the findings that are new or changed."""
        if now < self._look_at or now == -inf:
            return []
        self._look_at = now + LOOK_SECONDS
        found = self._funnel.findings(now)
        self._learning.exclude(found)
        if self._learning.refresh(now, self._sources):
            self._today.begin_day()
            self._book.forget(now - KEPT_SECONDS)
            self._expect_at = -inf
            self._goods.learn(
                self._stores.day_start(None, now),
                self._learning.learnt_days,
                kept_from=now - KEPT_SECONDS,
            )
        profile = self._learning.profile
        if profile is None:
            return found
        until = {store_id: self._sources.complete_until(store_id) for store_id in profile.channels}
        for store_id in profile.channels:
            self._judge_store(profile, store_id, until[store_id], now)
        self._judge_chain(profile, until, now)
        self._close_shops(now)
        changes = self._judge.report(self._funnel.is_broken)
        mine = [finding_of(change, profile, self._stores, self._sources, self._book) for change in changes]
        self._goods.exclude(mine)
        self._learning.exclude([one for one in mine if one.entity_type != "category"])
        self._forecasts.look(profile, self._today, now, self._learning.unusual)
        return found + mine

    def expectations(self, now: float) -> list[Expectation]:
        """Give the expected course of the day: when it begins, and again as its level becomes clearer."""
        profile = self._learning.profile
        if now < self._expect_at or profile is None or profile.learnt_days < EXPECT_DAYS:
            return []
        self._expect_at = now + EXPECT_SECONDS
        return self.forecast(now, PUBLISHED_SHARE)

    def forecast(self, now: float, share: float) -> list[Expectation]:
        """Give the day's courses as they are known now, in bands that hold a share of what comes."""
        profile = self._learning.profile
        return [] if profile is None else self._forecasts.published(profile, self._today, now, share=share)

    def _steps(self, place: Place, until: float, now: float) -> range:
        """Give the steps of a store or the chain that are finished and not judged, and mark them judged."""
        until = min(until, now)
        if until == -inf:
            return range(0)
        begin = self._next.get(place, int(self._stores.day_start(None, now) // STEP_SECONDS))
        begin = max(begin, int((now - LONGEST_LAG_SECONDS) // STEP_SECONDS))
        end = max(begin, int((until - SETTLING_SECONDS) // STEP_SECONDS))
        self._next[place] = end
        return range(begin, end)

    def _judge_store(self, profile: Profile, store_id: str, until: float, now: float) -> None:
        channel, place = profile.channels[store_id], place_of(store_id, self._stores)
        for step in self._steps(place, until, now):
            begin = step * STEP_SECONDS
            observed = observe(self._book, self._stores, profile, store_id, step)
            if observed is None:
                self._judge.close(place, begin)
                continue
            self._observed.setdefault(step, {})[store_id] = observed
            for seen in observed:
                pace = self._today.pace(seen.series, channel, store_id)
                self._today.add(seen.series, channel, store_id, step, counted=seen.counted, usual=seen.usual)
                if profile.learnt_days >= FIRST_DAYS:
                    per_day = profile.per_day(seen.series)
                    self._judge.step(place, begin, begin + STEP_SECONDS, seen, pace=pace, per_day=per_day)

    def _judge_chain(self, profile: Profile, until: Mapping[str, float], now: float) -> None:
        near = [
            moment
            for store_id, moment in until.items()
            if moment >= now - CHAIN_WAITS_SECONDS and self._stores.is_open(store_id, now)
        ]
        for step in self._steps(CHAIN, min(near, default=-inf), now):
            observed = self._observed.pop(step, {})
            if profile.learnt_days >= FIRST_DAYS:
                self._judge_together(profile, step, observed)
                self._goods.step(step, self._missing(profile, until, step))
            if not observed:
                self._judge.close(CHAIN, step * STEP_SECONDS)
            self._today.sum_up()
        # What stores finished late, the chain has passed already.
        behind = self._next.get(CHAIN, int((now - LONGEST_LAG_SECONDS) // STEP_SECONDS))
        for step in [step for step in self._observed if step < behind]:
            del self._observed[step]

    def _judge_together(self, profile: Profile, step: int, observed: Mapping[str, list[Observed]]) -> None:
        """Judge a step of the chain, and of each region by how the others go."""
        parts: dict[tuple[Place, str], dict[str, Observed]] = {}
        for store_id, found in observed.items():
            for seen in found:
                for place in (CHAIN, Place(region=place_of(store_id, self._stores).region)):
                    parts.setdefault((place, seen.series), {})[store_id] = seen
        for (place, series), there in parts.items():
            # One store is not a chain: what happens there is its own. Nor is a region that is nearly all.
            elsewhere = len(parts[CHAIN, series]) - len(there)
            if len(there) < LEAST_STORES or (place != CHAIN and elsewhere < LEAST_STORES):
                continue
            begin, per_day = step * STEP_SECONDS, profile.per_day(series)
            whole = together(list(there.values()))
            if place != CHAIN:
                whole = paced(whole, self._pace_elsewhere(profile, series, there))
            self._judge.step(place, begin, begin + STEP_SECONDS, whole, pace=1.0, per_day=per_day)

    def _missing(self, profile: Profile, until: Mapping[str, float], step: int) -> dict[str, float]:
        """Say of each channel which share of what is usual now is of stores that have not told it all."""
        begin = step * STEP_SECONDS
        usual: dict[str, list[float]] = {}
        for store_id, channel in profile.channels.items():
            local = self._stores.local(store_id, begin)
            rate = profile.rate("orders", store_id, local.weekday(), (local.hour * 60 + local.minute) // 15)
            sums = usual.setdefault(channel, [0.0, 0.0])
            sums[0] += rate
            sums[1] += rate if until[store_id] < begin + STEP_SECONDS else 0.0
        return {channel: missing / whole for channel, (whole, missing) in usual.items() if whole > 0}

    def _pace_elsewhere(self, profile: Profile, series: str, there: Mapping[str, Observed]) -> float:
        """Say how stores of other regions go, those of each channel for as much as it is of this region."""
        members: dict[str, list[str]] = {}
        for store_id in there:
            members.setdefault(profile.channels[store_id], []).append(store_id)
        usual = {channel: sum(there[one].usual for one in own) for channel, own in members.items()}
        paces = (usual[one] * self._today.pace(series, one, *own) for one, own in members.items())
        return sum(paces) / sum(usual.values())

    def _close_shops(self, now: float) -> None:
        """End what lasts in stores that have closed since: their sources are off and say nothing more."""
        for place in {change.place for change in self._judge.told() if change.place != CHAIN}:
            there = [one for one in self._stores.ids if place.covers(place_of(one, self._stores))]
            if any(self._stores.is_open(store_id, now) for store_id in there or [place.store_id]):
                continue
            last_at = max(one.run.last_at for one in self._judge.told() if one.place == place)
            hours = [self._stores.hours(store_id, last_at) for store_id in there]
            self._judge.close(place, min(now, max([last_at, *(day[1] for day in hours if day is not None)])))
