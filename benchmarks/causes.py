"""Whether the cause of a change is named first: planted into a simulated chain, found by the code that ships.

The question: a part of the business (one to three dimensions at random, of the size that it happens to have)
sells a half, nothing, or twice as much for half an hour to three hours; is it the first cause that is named?

The rules: the parts covered must be the same to the last, whatever they are called; a part is one by
values that it has, not by what it lacks; history is the simulation's own, with its noise; nothing else
goes wrong. Counted are changes that an alert would be raised about: 10.5 nats for the part.
`root_cause_first` is of those whose total changed beyond doubt too, `root_cause_first_any` of all.
Published peers (Squeeze, R-Adtributor) report F1 on data sets with other rules; none is on such a chain.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.figure_log import FigureLog
from benchmarks.planted_causes import LEAST_NATS, Outcome, judge, plan, plant
from detectors.causes.explain import SURE
from detectors.causes.measures import MEASURES
from detectors.causes.windows import windows_of
from producers.simulator.calendar import TIME_ZONE, day_bounds
from producers.simulator.world import World

__all__ = ["CausesResult", "measure_causes", "report_causes"]

FIRST_DAY = date(2026, 3, 2)
HISTORY_DAYS = 28
ZONE = ZoneInfo(TIME_ZONE)
METRICS = ("orders", "revenue")


@dataclass(frozen=True)
class CausesResult:
    """What was planted and found, the searches' times, and how often a cause was named where none was."""

    outcomes: tuple[Outcome, ...]
    seconds: tuple[float, ...]
    innocent: int
    accused: int


def measure_causes(days: int, seed: int, per_day: int, progress: Callable[[datetime], None]) -> CausesResult:
    """Simulate, plant, explain.

    Parameters
    ----------
    days
        Days into which causes are planted, after four weeks that are only usual.
    seed
        Of the simulated retailer and of what is planted.
    per_day
        Causes a day.
    progress
        Is told the simulated time now and then.

    """
    world = World(seed, first_day=FIRST_DAY, live_from=day_bounds(FIRST_DAY)[0], incidents="none")
    log = FigureLog()
    log.take(sent.event for sent in world.stores())
    outcomes: list[Outcome] = []
    seconds: list[float] = []
    accused = 0
    for number in range(HISTORY_DAYS + days):
        day = FIRST_DAY + timedelta(days=number)
        log.take(sent.event for sent in world.events(day))
        log.forget(day - timedelta(days=29))
        progress(day_bounds(day)[1])
        if number < HISTORY_DAYS or day.weekday() == 6:
            continue
        random = Random(f"{seed}/planted/{day}")  # noqa: S311  # reproducible
        for place in range(per_day):
            minute = random.randrange(10 * 60, 18 * 60)
            since = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZONE)
            rows = log.figures(windows_of(since, since + timedelta(minutes=30), ZONE))["payments"]
            planted = plan(random, rows, since)
            windows = windows_of(planted.since, planted.until, ZONE)
            calm = log.figures(windows)["payments"]
            measure = MEASURES[METRICS[place % 2]]
            rows = plant(calm, planted, place)
            begun = time.perf_counter()
            outcome = judge(rows, planted, measure)
            seconds.append(time.perf_counter() - begun)
            innocent = judge(calm, planted, measure)
            if outcome is not None and innocent is not None:
                outcomes.append(outcome)
                accused += bool(innocent.named)
    return CausesResult(tuple(outcomes), tuple(seconds), len(outcomes), accused)


def report_causes(result: CausesResult) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    loud = [one for one in result.outcomes if one.part_nats >= LEAST_NATS]
    told = [one for one in loud if one.total_nats >= SURE]
    lines = [
        f"{len(result.outcomes)} planted, {len(loud)} of at least {LEAST_NATS} nats, "
        f"{len(told)} of them seen in the total"
    ]
    lines.append(f"{'dimensions':<14}{'right first':>14}{'total seen':>14}")
    for width in (1, 2, 3):
        mine = [one for one in loud if len(one.planted.values) == width]
        seen = [one for one in told if len(one.planted.values) == width]
        lines.append(f"{width:<14}{rate(mine):>14}{rate(seen):>14}")
    for low, high in ((10.5, 15.0), (15.0, 25.0), (25.0, 50.0), (50.0, np.inf)):
        mine = [one for one in loud if low <= one.part_nats < high]
        seen = [one for one in told if low <= one.part_nats < high]
        lines.append(f"{f'{low:g} to {high:g} nats':<14}{rate(mine):>14}{rate(seen):>14}")
    wrong = [one for one in told if not one.right][:15]
    lines += [
        f"wrong: {one.planted.values} x {one.planted.factor}, {one.part_nats:.0f} nats, named {one.named}"
        for one in wrong
    ]
    lines.append(f"a cause named where nothing was planted: {result.accused} of {result.innocent}")
    return "\n".join(lines), {
        "root_cause_first": share(told),
        "root_cause_first_any": share(loud),
        "planted": float(len(told)),
        "planted_any": float(len(loud)),
        "accused_innocent": round(result.accused / max(result.innocent, 1), 4),
        "search_ms": round(1_000 * median(result.seconds), 2) if result.seconds else None,
    }


def share(outcomes: list[Outcome]) -> float | None:
    """Give the share that was right."""
    return round(sum(one.right for one in outcomes) / len(outcomes), 4) if outcomes else None


def rate(outcomes: list[Outcome]) -> str:
    """Write how many were right."""
    return f"{sum(one.right for one in outcomes)} of {len(outcomes)}"
