"""A chain of stores for tests of figures: Poisson counts per minute by a known rhythm, as metric partials."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle
from typing import Literal, NamedTuple

import numpy as np

from detectors.watch.stores import StoreBook
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from schemas.store import OpeningHours, Store

__all__ = ["BEGIN", "DAY", "Everything", "Happened", "MadeChain", "partial"]

BEGIN = datetime(2026, 9, 6, 22, tzinfo=UTC)
"""Midnight of a Monday in Berlin."""

DAY = 86_400
VALUE_MINOR = 4_000
NUMBERS = (0, 2, 3, 6, 7)


class Happened(NamedTuple):
    """One event of one series; `at` in seconds from the beginning."""

    at: int
    series: str
    store_id: str
    channel: str
    total: int


class Everything:
    """Everything has arrived until now, except from stores that are said to be silent."""

    def __init__(self) -> None:
        self.now = float("-inf")
        self.silent: dict[str, float] = {}

    def complete_until(self, store_id: str) -> float:
        return min(self.now, self.silent.get(store_id, self.now))

    def completeness(self, store_id: str) -> float | None:
        return 0.5 if store_id in self.silent else 1.0


def store(
    store_id: str, channel: Literal["pos", "web", "app"], opens: str, closes: str, region: str
) -> Store:
    days = range(7) if channel != "pos" else range(6)
    return Store(
        store_id=store_id,
        name=f"Town {store_id}" if channel == "pos" else store_id.title(),
        channel=channel,
        region=region,
        time_zone="Europe/Berlin",
        hours=tuple(OpeningHours(weekday=day, opens=opens, closes=closes) for day in days),
    )


class MadeChain:
    """Five stores and an app. `per_hour` payments in an open hour of middling liveliness, by store.

    Other `numbers` make as many other stores, larger ones the larger they are; they take turns in `regions`.
    """

    def __init__(
        self,
        seed: int,
        days: int,
        *,
        numbers: tuple[int, ...] = NUMBERS,
        regions: tuple[str, ...] = ("North",),
    ) -> None:
        self.stores = StoreBook()
        self.per_hour = {f"s{number}": 6.0 + 4 * number for number in numbers} | {"app": 14.0}
        self.stores.take(store("app", "app", "00:00", "24:00", regions[0]))
        for number, region in zip(numbers, cycle(regions), strict=False):
            opens = "08:00" if number % 2 else "09:30"
            self.stores.take(store(f"s{number}", "pos", opens, "20:00", region))
        self.happened: list[Happened] = []
        random = np.random.default_rng(seed)
        for day in range(days):
            level = random.lognormal(0, 0.04)
            for store_id, per_hour in self.per_hour.items():
                self._sell(random, store_id, day, per_hour * level)
        self.happened.sort()

    def _sell(self, random: np.random.Generator, store_id: str, day: int, per_hour: float) -> None:
        channel = "app" if store_id == "app" else "pos"
        for hour in range(24):
            begin = day * DAY + hour * 3_600
            lively = 1.0 + 0.4 * np.sin((hour - 8) / 2)
            for second in np.sort(random.integers(0, 3_600, random.poisson(per_hour * lively))):
                at = begin + int(second)
                if not self.stores.is_open(store_id, BEGIN.timestamp() + at):
                    continue
                self._pay(random, at, store_id, channel)

    def _pay(self, random: np.random.Generator, at: int, store_id: str, channel: str) -> None:
        money = int(random.lognormal(0, 0.6) * VALUE_MINOR)
        if channel == "app":
            self.happened.append(Happened(at, "views", store_id, "", 1))
            self.happened.append(Happened(at, "pays", store_id, "", 1))
        if random.random() < 0.02:
            self.happened.append(Happened(at, "declined", store_id, channel, money))
            return
        self.happened += [Happened(at, series, store_id, channel, money) for series in ("orders", "revenue")]
        if random.random() < 0.02:
            self.happened.append(Happened(at, "refunds", store_id, channel, money))

    def change(self, keep: Callable[[Happened], bool], extra: Iterable[Happened] = ()) -> None:
        """Drop what is not to be kept and add what is extra."""
        self.happened = sorted([*filter(keep, self.happened), *extra])

    def partials(self) -> list[tuple[int, MetricPartial]]:
        """Give one partial per figure and minute, with the second at which it is whole, in that order."""
        counts: Counter[tuple[int, str, str, str]] = Counter()
        totals: Counter[tuple[int, str, str, str]] = Counter()
        for at, series, store_id, channel, total in self.happened:
            place = (at // 60, series, store_id, channel)
            counts[place] += 1
            totals[place] += total
        return [
            (
                minute * 60 + 60,
                partial(
                    series, store_id, channel, minute,
                    count=counts[minute, series, store_id, channel],
                    total=totals[minute, series, store_id, channel], offset=minute,
                ),
            )
            for minute, series, store_id, channel in sorted(counts)
        ]  # fmt: skip


@cache  # tens of thousands of them, most of them the same in every test, and frozen
def partial(
    series: str, store_id: str, channel: str, minute: int, *, count: int, total: int,
    offset: int, partition: int = 0, generation: str = "topic:0",
) -> MetricPartial:  # fmt: skip
    """Make a partial; minutes are counted from the beginning of the chain."""
    return MetricPartial.model_construct(
        series=series,
        store_id=store_id,
        channel=channel,
        minute=BEGIN + timedelta(minutes=minute),
        count=count,
        total=total,
        origin=Origin.model_construct(
            generation=generation, topic="scores", partition=partition, offset=offset
        ),
        schema_version=1,
    )
