"""How well the next hours are foretold, and how often the truth lies in the band.

The question: at every second hour of an open day, what the judge publishes for the hours to come; how far off
it is, and whether 80 and 95 of 100 truths lie in bands of that name. The rules: a simulated chain without
incidents, ten days of history, then days that count; forecasts rest on what had happened by then alone. A
slot is a quarter of an hour; series of the chain, and revenue and orders of each store. The rival: what
came in the same slot a week before (seasonal naive), whose band is none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.incidents import FIRST_DAY, HISTORY_DAYS
from detectors.anomaly.detector import Floats
from detectors.series.figures import PAYMENT_SERIES, click_figures
from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from detectors.watch.sales import SeriesWatch
from detectors.watch.stores import StoreBook
from producers.simulator.calendar import day_bounds
from producers.simulator.world import World
from schemas.click import Click
from schemas.expectation import Expectation
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from schemas.transaction import Transaction

__all__ = ["ForecastResult", "measure_forecast", "report_forecast"]

BANDS = {"80": 0.8, "95": 0.95}
ASKED_HOURS = range(8, 21, 2)
"""Local hours at which the next hours are asked for."""
HORIZONS = (1, 2, 4)
"""Hours ahead; a slot belongs to the first that reaches it."""
STEP_SECONDS = 300


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
class ForecastResult:
    """Per group of series and horizon: slots, those within each band, and errors of both forecasts."""

    days: int
    slots: Counter[tuple[str, int]] = field(default_factory=Counter)
    within: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    error: defaultdict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    naive: defaultdict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))

    def note(self, key: tuple[str, int], slots: "SlotsAhead", band: str) -> None:
        """Take in the slots of one course and horizon."""
        inside = (slots.low <= slots.truth) & (slots.truth <= slots.high)
        self.within[(*key, band)] += int(inside.sum())
        if band == next(iter(BANDS)):
            scale = float(slots.expected.mean()) or 1.0
            self.slots[key] += len(slots.truth)
            self.error[key] += float(np.abs(slots.expected - slots.truth).sum()) / scale
            self.naive[key] += float(np.abs(slots.week_before - slots.truth).sum()) / scale


@dataclass(frozen=True)
class SlotsAhead:
    """Slots of one course within one horizon, shape (slots,) each."""

    expected: Floats
    low: Floats
    high: Floats
    truth: Floats
    week_before: Floats


def measure_forecast(
    days: int, seed: int, progress: Callable[[datetime], None], *, history_days: int = HISTORY_DAYS
) -> ForecastResult:
    """Simulate, ask at every second hour, and hold the answers against what came.

    Parameters
    ----------
    days
        Days that count, after the history.
    seed
        Of the simulated retailer.
    progress
        Is told the simulated time now and then.
    history_days
        Days to learn from.

    """
    live_from = day_bounds(FIRST_DAY + timedelta(days=history_days))[0]
    world = World(seed, first_day=FIRST_DAY, live_from=live_from, incidents="none")
    stores, truth, sources = StoreBook(), MinuteBook(), Complete()
    for store in world.stores():
        stores.take(store.event)  # type: ignore[arg-type]  # the world's stores are Store events
    watch = SeriesWatch(stores, sources)
    asked: list[tuple[float, str, list[Expectation]]] = []
    for day in range(history_days + days):
        begin, end = day_bounds(FIRST_DAY + timedelta(days=day))
        partials = counted(world, day)
        truth.take(partials)
        waiting = iter(sorted(partials, key=lambda one: one.minute))
        for now, due in steps(waiting, begin, end):
            watch.partials(due)
            sources.now = now
            watch.findings(now)
            hour = (now - begin.timestamp()) / 3_600
            if day >= history_days and hour in ASKED_HOURS:
                asked += [(now, band, watch.forecast(now, share)) for band, share in BANDS.items()]
        progress(end)
    result = ForecastResult(days)
    for now, band, courses in asked:
        for course in courses:
            compare(result, course, truth, stores, now=now, band=band)
    return result


def steps(
    waiting: Iterator[MetricPartial], begin: datetime, end: datetime
) -> Iterator[tuple[float, list[MetricPartial]]]:
    """Cut a day into five minutes, each with the minutes that have ended by then."""
    held: MetricPartial | None = next(waiting, None)
    for now in range(int(begin.timestamp()) + STEP_SECONDS, int(end.timestamp()) + 1, STEP_SECONDS):
        due = []
        while held is not None and held.minute.timestamp() + 60 <= now:
            due.append(held)
            held = next(waiting, None)
        yield float(now), due


def counted(world: World, day: int) -> list[MetricPartial]:
    """Count a day's payments and clicks, without scoring them."""
    counts: Counter[tuple[str, str, str, int]] = Counter()
    totals: Counter[tuple[str, str, str, int]] = Counter()
    for sent in world.events(FIRST_DAY + timedelta(days=day)):
        for place, total in told_by(sent.event):
            counts[place] += 1
            totals[place] += total
    return [
        MetricPartial.model_construct(
            series=series, store_id=store_id, channel=channel,
            minute=datetime.fromtimestamp(60 * minute, UTC),
            count=count, total=totals[series, store_id, channel, minute],
            origin=Origin.model_construct(generation="g:0", topic="scores", partition=0, offset=day),
            schema_version=1,
        )
        for (series, store_id, channel, minute), count in counts.items()
    ]  # fmt: skip


def told_by(event: object) -> Iterable[tuple[tuple[str, str, str, int], int]]:
    """Say which figures an event feeds."""
    if isinstance(event, Transaction):
        minute = int(event.occurred_at.timestamp() // 60)
        for series, sign in PAYMENT_SERIES[event.status]:
            yield (series, event.store_id, event.channel, minute), sign * event.amount_minor
    elif isinstance(event, Click):
        minute = int(event.occurred_at.timestamp() // 60)
        for series, total in click_figures(event).figures:
            yield (series, event.store_id, "", minute), total


def compare(
    result: ForecastResult,
    course: Expectation,
    truth: MinuteBook,
    stores: StoreBook,
    *,
    now: float,
    band: str,
) -> None:
    """Hold the slots that were still to come against what came."""
    first = int(course.begins_at.timestamp()) // SLOT_SECONDS
    begins = (first + np.arange(len(course.expected))) * SLOT_SECONDS
    members = stores.ids if course.store_id == "" else [course.store_id]
    came, before = (
        np.sum([truth.history(course.series, one, at, at + len(begins))[1] for one in members], axis=0)
        for at in (first, first - 7 * 96)
    )
    group = f"{'stores' if course.store_id else 'chain'} {course.series}"
    expected, low, high = (np.array(ends) for ends in (course.expected, course.low, course.high))
    reached = now
    for hours in HORIZONS:
        at = (begins >= reached) & (begins < now + hours * 3_600) & (expected > 0)
        reached = now + hours * 3_600
        if at.any():
            ahead = SlotsAhead(expected[at], low[at], high[at], came[at], before[at])
            result.note((group, hours), ahead, band)


def report_forecast(result: ForecastResult) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    lines = [
        f"{result.days} days, asked every second hour; errors in % of the mean slot",
        f"{'':22}{'ahead':>7}{'slots':>9}{'in 80 %':>9}{'in 95 %':>9}{'error':>8}{'week ago':>10}",
    ]
    whole: Counter[str] = Counter()
    for group, hours in sorted(result.slots):
        key = (group, hours)
        slots = result.slots[key]
        shares = [result.within[(*key, band)] / slots for band in BANDS]
        errors = [errors[key] / slots for errors in (result.error, result.naive)]
        lines.append(
            f"{group:22}{hours:>5} h{slots:>10,}{shares[0]:>9.1%}{shares[1]:>9.1%}"
            f"{errors[0]:>8.1%}{errors[1]:>10.1%}"
        )
        whole.update({"slots": slots, **{band: result.within[(*key, band)] for band in BANDS}})
    error, naive = (sum(errors.values()) for errors in (result.error, result.naive))
    return "\n".join(lines), {
        "within_80": round(whole["80"] / whole["slots"], 4),
        "within_95": round(whole["95"] / whole["slots"], 4),
        "off_80": round(abs(whole["80"] / whole["slots"] - BANDS["80"]), 4),
        "off_95": round(abs(whole["95"] / whole["slots"] - BANDS["95"]), 4),
        "error_to_naive": round(error / naive, 4),
        "slots": float(whole["slots"]),
    }
