"""Categories of goods whose sales fall alone: each is judged by how the others sell in the same minutes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from detectors.series.goods import GOODS_SERIES, MOST_CATEGORIES, Categories
from detectors.watch.finding import Finding
from detectors.watch.goods_usual import UsualGoods, learn_goods
from detectors.watch.judging import STEPS_PER_DAY, RateJudge
from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.observing import STEP_SECONDS, Observed, added_up
from detectors.watch.place import Place
from detectors.watch.seasonal import Exclusion
from detectors.watch.stores import StoreBook
from schemas.metric_partial import MetricPartial

__all__ = ["CategoryWatch"]

KEPT_SECONDS = 8 * 86_400.0
"""What nobody bought for so long is no category any more, and makes room for another."""

PRIOR_LINES = 2.0
"""Weight of the assumption that the others sell as usual, in lines. Chosen."""

RUSH, RUSH_LINES = 2.0, 3.0
"""Of the others, more than so many times what is usual and so many lines says nothing of how people buy:
everybody wants one article. Chosen."""

LEAST_OTHERS = 0.5
"""Where the others usually sell less than this share of a category, its fall is the chain's."""

DAYS_DOUBTED = 1.5
"""Deviations of whole days that are granted: campaigns come and go."""

CONCENTRATED = 5.0
"""A category may sell by so many times more in the stores that are silent than other goods do. Chosen."""

MOST_DOUBT = 0.8
"""With more doubt nothing is judged: not even that nothing at all is sold would say something."""

UNUSUAL_SECONDS = 2 * 86_400.0
"""What fell so long ago and lasts is what is usual from then on."""


class Sold(NamedTuple):
    """What a step brought of each category in one channel, by category, and how the others went."""

    channel: str
    by_category: Mapping[str, Observed]


class CategoryWatch:
    """Judges every finished five minutes of each category of goods, in each channel and in all.

    A category that falls as all others do is as usual: that is the chain's, and told by whoever watches it.
    Where stores are silent whose goods may be missing, so much is doubted as they usually sell.

    Parameters
    ----------
    stores
        For the clock.
    judge
        Keeps the runs, and knows what covers what.
    most
        Categories that are told apart.

    Cost: 10 µs a category, channel and five minutes. Memory: 83 kB per category and channel, of 200 at most.

    """

    def __init__(self, stores: StoreBook, judge: RateJudge, *, most: int = MOST_CATEGORIES) -> None:
        self._stores = stores
        self._judge = judge
        self._book = MinuteBook()
        self._usual: dict[str, UsualGoods] = {}
        self._runs_per_day = 0.0
        self._unusual: dict[str, Exclusion] = {}
        self.categories = Categories(most)

    def partials(self, partials: Sequence[MetricPartial]) -> None:
        """Take in figures of goods, in any order."""
        admit = self.categories.admit
        self._book.take([one for one in partials if admit(one.category, one.minute.timestamp())])

    def exclude(self, findings: Sequence[Finding]) -> None:
        """Remember stretches that were not normal: of a category, or of everything."""
        for finding in findings:
            if finding.entity_type != "category" and finding.store_id is not None:
                continue  # what one store does changes little
            category = finding.entity if finding.entity_type == "category" else ""
            latest = finding.since + UNUSUAL_SECONDS
            until = latest if finding.until is None else min(finding.until, latest)
            self._unusual[finding.alert_id] = Exclusion(category, finding.since, until)

    def learn(self, day: float, learnt_days: int, *, kept_from: float) -> None:
        """Learn what is usual for a day from so many before; forget minutes and categories that are over.

        Times are seconds since 1970; `day` is when it begins.
        """
        self._book.forget(kept_from)
        for category in self.categories.forget(day - KEPT_SECONDS):
            self._book.drop(category)
            self._judge.drop(category)
        self._unusual = {name: one for name, one in self._unusual.items() if one.end > day - 30 * 86_400.0}
        excluded = list(self._unusual.values())
        learnt = {
            channel: learn_goods(
                self._book, self._stores, channel,
                categories=self._book.stores(channel), until=day, days=learnt_days, excluded=excluded,
            )
            for channel in self._book.series
        }  # fmt: skip
        self._usual = {channel: usual for channel, usual in learnt.items() if usual is not None}
        known = sum(len(one.categories) for one in self._usual.values())
        self._runs_per_day = STEPS_PER_DAY * (1 + len(self._usual)) * known

    def step(self, step: int, missing: Mapping[str, float]) -> None:
        """Judge five minutes that are finished.

        Parameters
        ----------
        step
            Counted in five minutes from 1970.
        missing
            Per channel which share of what its stores usually sell now is of stores that are silent or late.

        """
        sold = [
            Sold(channel, found)
            for channel, usual in self._usual.items()
            if (found := self._observe(channel, usual, step, missing.get(channel, 0.0)))
        ]
        whole: dict[str, list[Observed]] = {}
        for _, by_category in sold:
            for category, seen in by_category.items():
                whole.setdefault(category, []).append(seen)
        for category, parts in whole.items():
            self._judge_place(Place(category=category), step, added_up(parts))
        for channel, by_category in sold:
            for category, seen in by_category.items():
                # where most of it is sold its fall is told of all
                if 2 * seen.usual < sum(part.usual for part in whole[category]):
                    self._judge_place(Place(channel=channel, category=category), step, seen)
        for place in {change.place for change in self._judge.told() if change.place.category}:
            if not self._sells(place, step):
                self._judge.close(place, step * STEP_SECONDS)

    def _sells(self, place: Place, step: int) -> bool:
        """Say whether a category is usually sold in a step."""
        weekday, slot = self._clock(step)
        return any(
            usual.rate(place.category, weekday, slot) > 0
            for channel, usual in self._usual.items()
            if place.channel in ("", channel)
        )

    def _clock(self, step: int) -> tuple[int, int]:
        """Give weekday and quarter of an hour as most stores' clocks show them."""
        local = self._stores.local(None, step * STEP_SECONDS)
        return local.weekday(), (local.hour * 60 + local.minute) * 60 // SLOT_SECONDS

    def _judge_place(self, place: Place, step: int, seen: Observed) -> None:
        begin = step * STEP_SECONDS
        self._judge.step(place, begin, begin + STEP_SECONDS, seen, pace=1.0, per_day=self._runs_per_day)

    def _observe(self, channel: str, usual: UsualGoods, step: int, missing: float) -> dict[str, Observed]:
        """Read a step of a channel: what can be judged of it."""
        begin = step * STEP_SECONDS
        weekday, slot = self._clock(step)
        rates = (usual.rates[:, weekday, slot] * STEP_SECONDS / SLOT_SECONDS).tolist()
        sums = [
            self._book.sums(channel, category, begin, begin + STEP_SECONDS) for category in usual.categories
        ]
        # A rush for one article is not how the others sell.
        paced = [min(one.events, RUSH * rate + RUSH_LINES) for one, rate in zip(sums, rates, strict=True)]
        all_usual, all_paced = sum(rates), sum(paced)
        found = {}
        for row, category in enumerate(usual.categories):
            others = all_usual - rates[row]
            doubt = float(usual.doubt[row] + DAYS_DOUBTED * usual.stray[row]) + CONCENTRATED * missing
            if rates[row] <= 0 or others < LEAST_OTHERS * rates[row] or doubt >= MOST_DOUBT:
                continue
            found[category] = Observed(
                GOODS_SERIES,
                counted=float(sums[row].events),
                usual=rates[row],
                money=float(sums[row].total),
                usual_money=rates[row] * float(usual.worth[row]),
                doubt=doubt,
                # the others' chance is added to its own
                spread=usual.spread * (1 + rates[row] / others),
                day_spread=0.0,
                given=(all_paced - paced[row] + PRIOR_LINES) / (others + PRIOR_LINES),
            )
        return found
