"""What it costs to watch very many series, minute by minute, on one core.

The question: CPU per point, of 20,000 series that each tell a figure every minute, of each detector of single
series; and of the judge of a chain with as many live series, per partial that comes and per finished figure
of five minutes that it judges. The rules: figures are Poisson counts with a daily course and differ by
series; a minute's points of all series are one batch, so what is known of a series is never in the cache; of
all minutes after the first, in which loops are compiled, the median counts. The judge (`watch/sales.py`) has
learnt three days, and hears from every store about 13 payments an hour, and of all together of 50 categories
of goods; nothing goes wrong. Validation of
records is not in it (`judging`).
"""

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

import numpy as np

from detectors.anomaly.detector import ALARM, Floats
from detectors.anomaly.registry import DETECTORS
from detectors.series.goods import GOODS_SERIES
from detectors.watch.sales import SeriesWatch
from detectors.watch.stores import StoreBook
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from schemas.store import OpeningHours, Store

__all__ = ["JudgeCost", "SeriesCost", "measure_judge", "measure_series", "report_series"]

BEST, MANY = "records", "seasonal"
BEGIN = 1_772_409_600
"""Monday, 2 March 2026, in seconds since 1970."""
DAY, STEP = 86_400, 300
LEARNT_DAYS = 3
PER_HOUR = {
    "orders": 13.0, "revenue": 13.0, "units_sold": 13.0, "declined": 0.3, "refunds": 0.3, "voids": 0.1,
    "units_returned": 0.3,
}  # fmt: skip
"""Events of each live series of a store, as in the simulation."""
CATEGORIES, LINES_PER_HOUR = 50, 16.0
"""Of goods, and lines of receipts of all of them that a store sells."""

REGIONS = ("North", "East", "South", "West")


class Complete:
    """Sources from which everything has arrived until now."""

    now = float("-inf")

    def complete_until(self, store_id: str) -> float:
        """Give the moment before which everything is here."""
        del store_id
        return self.now

    def completeness(self, store_id: str) -> float | None:
        """Give the share that arrived."""
        del store_id
        return 1.0


@dataclass
class SeriesCost:
    """CPU seconds of each detector, per minute of figures."""

    series: int
    minutes: int
    spent: dict[str, list[float]] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)

    def us(self, name: str) -> float:
        """Give the median cost of a detector, µs a point."""
        return median(self.spent[name][1:]) / self.series * 1e6


@dataclass
class JudgeCost:
    """What the judge of a chain costs: CPU seconds of each part of so many live hours, and memory."""

    series: int
    stores: int
    hours: float
    partials: int = 0
    figures: int = 0
    take_seconds: float = 0.0
    judge_seconds: float = 0.0
    learn_seconds: float = 0.0
    findings: int = 0
    bytes_each: float = 0.0

    @property
    def core(self) -> float:
        """The share of a core that all of it takes, learning once a day."""
        return (self.take_seconds + self.judge_seconds) / (self.hours * 3_600) + self.learn_seconds / DAY


def measure_series(series: int, minutes: int, announce: Callable[[str], None]) -> SeriesCost:
    """Drive minutes of figures through every detector."""
    cost = SeriesCost(series, minutes)
    detectors = {name: make(series) for name, make in DETECTORS.items()}
    random = np.random.default_rng(1)
    levels, phases = random.lognormal(1.0, 1.2, series), random.uniform(0, 2 * np.pi, series)
    for number in range(minutes):
        lively = 1 + 0.5 * np.sin(2 * np.pi * number / 1_440 + phases)
        values: Floats = random.poisson(levels * lively).astype(np.float64)
        seconds, places = np.full(series, BEGIN + 60.0 * number), np.arange(series)
        for name, detector in detectors.items():
            began = time.process_time()
            scores = detector.observe(seconds, values, places)
            cost.spent.setdefault(name, []).append(time.process_time() - began)
            cost.alarms[name] = cost.alarms.get(name, 0) + int((scores >= ALARM).sum())
        if number % 100 == 0:
            announce(f"{number} of {minutes} minutes")
    return cost


def measure_judge(series: int, hours: int, announce: Callable[[str], None]) -> JudgeCost:
    """Let a chain with so many live series be learnt, and judge some hours of its next day."""
    count = max(len(REGIONS) * 3, series // len(PER_HOUR))
    stores, sources, random = StoreBook(), Complete(), np.random.default_rng(1)
    for number in range(count):
        stores.take(a_store(number))
    watch = SeriesWatch(stores, sources)
    cost = JudgeCost(count * len(PER_HOUR), count, float(hours))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for day in range(LEARNT_DAYS):
        announce(f"day {day + 1} of {LEARNT_DAYS} to learn")
        for hour in range(8, 20):
            watch.partials([one for at in range(12) for one in told(random, count, day, hour * 12 + at)])
        sources.now = BEGIN + (day + 1) * DAY
        watch.findings(sources.now - 60)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    cost.bytes_each = 1_024 * grown / cost.series
    sources.now = BEGIN + LEARNT_DAYS * DAY + 60.0
    began = time.process_time()
    watch.findings(sources.now)
    cost.learn_seconds = time.process_time() - began
    for step in range(8 * 12, (8 + hours) * 12):
        partials = list(told(random, count, LEARNT_DAYS, step))
        sources.now = BEGIN + LEARNT_DAYS * DAY + (step + 1) * STEP + 60.0
        began = time.process_time()
        watch.partials(partials)
        taken = time.process_time()
        cost.findings += len(watch.findings(sources.now))
        cost.judge_seconds += time.process_time() - taken
        cost.take_seconds += taken - began
        cost.partials += len(partials)
        cost.figures += cost.series
    return cost


def a_store(number: int) -> Store:
    """Make a store that is open from 8 to 20 each day."""
    hours = tuple(OpeningHours(weekday=day, opens="08:00", closes="20:00") for day in range(7))
    return Store(
        store_id=f"s{number}", name=f"Store {number}", channel="pos",
        region=REGIONS[number % len(REGIONS)], time_zone="UTC", hours=hours,
    )  # fmt: skip


def told(random: np.random.Generator, stores: int, day: int, step: int) -> Iterator[MetricPartial]:
    """Make what the series agent says of five minutes: a partial for each minute in which something came."""
    begin = BEGIN + day * DAY + step * STEP
    origin = Origin.model_construct(generation="topic:0", topic="scores", partition=0, offset=begin)
    for series, per_hour in PER_HOUR.items():
        came = random.poisson(per_hour / 60, (stores, STEP // 60))
        for store, minute in zip(*np.nonzero(came), strict=True):
            number = int(came[store, minute])
            yield MetricPartial.model_construct(
                series=series, store_id=f"s{store}", channel="", category="",
                minute=datetime.fromtimestamp(begin + 60 * int(minute), UTC),
                count=number, total=number * 4_000, origin=origin, schema_version=1,
            )  # fmt: skip
    sold = random.poisson(stores * LINES_PER_HOUR / 60 / CATEGORIES, (CATEGORIES, STEP // 60))
    for category, minute in zip(*np.nonzero(sold), strict=True):
        number = int(sold[category, minute])
        yield MetricPartial.model_construct(
            series=GOODS_SERIES, store_id="", channel="pos", category=f"c{category}",
            minute=datetime.fromtimestamp(begin + 60 * int(minute), UTC),
            count=number, total=number * 3_000, origin=origin, schema_version=1,
        )  # fmt: skip


def report_series(cost: SeriesCost, judge: JudgeCost) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    points = cost.series * (cost.minutes - 1)
    lines = [
        f"{cost.series:,} series, {cost.minutes:,} minutes, a point of each a minute",
        f"{'':32}{'µs a point':>12}{'of a core':>12}{'alarms':>10}",
    ]
    record: dict[str, float | None] = {"series": float(cost.series)}
    for name in DETECTORS:
        us = cost.us(name)
        alarms = f"{cost.alarms[name] / points * 1e6:10.1f}"
        lines.append(f"{'detector ' + name:36}{us:8.2f}{us * cost.series / 60e6:11.2%} {alarms}")
        record[f"{name}_us"] = round(us, 3)
    lines.append("alarms: per million points, none of which is an anomaly; most while a series is new")
    take, figure = (
        1e6 * seconds / number
        for seconds, number in ((judge.take_seconds, judge.partials), (judge.judge_seconds, judge.figures))
    )
    lines += [
        "",
        f"the judge of {judge.stores:,} stores with {judge.series:,} live series, {judge.hours:.0f} hours",
        f"{take:6.2f} µs a partial, {figure:.2f} µs a finished figure of five minutes, "
        f"{judge.learn_seconds:.1f} s a day to learn",
        f"{judge.core:6.2%} of a core, {judge.bytes_each / 1e3:.0f} kB a series, {judge.findings} findings",
    ]
    return "\n".join(lines), record | {
        "judge_partial_us": round(take, 3),
        "judge_figure_us": round(figure, 3),
        "judge_core": round(judge.core, 5),
        "judge_kb_a_series": round(judge.bytes_each / 1e3, 1),
    }
