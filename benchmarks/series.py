"""What it costs to watch very many series, minute by minute, on one core.

The question: CPU per point, of 20,000 series that each tell a figure every minute, from the partials of one
input partition each, through finished minutes, to each detector. The rules: figures are Poisson counts with a
daily course and differ by series; a minute's points of all series are one batch, as when a minute has been
finished everywhere, so what is known of a series is never in the cache; of all minutes after the first, in
which loops are compiled, the median counts. Validation of the records is timed alone, as the share that is
pydantic's.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

import numpy as np

from detectors.anomaly.counts import CountDetector
from detectors.anomaly.cusum import CusumDetector
from detectors.anomaly.detector import AnomalyDetector, Floats
from detectors.anomaly.half_space import HalfSpaceDetector
from detectors.anomaly.records import RecordDetector
from detectors.anomaly.seasonal import SeasonalDetector
from detectors.series.grid import MinuteGrid
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin

__all__ = ["SeriesCost", "measure_series", "report_series"]

DETECTORS: dict[str, Callable[[int], AnomalyDetector]] = {
    "records": RecordDetector,
    "seasonal": SeasonalDetector,
    "counts": CountDetector,
    "cusum": CusumDetector,
    "half_space": HalfSpaceDetector,
}
BEST, MANY = "records", "seasonal"
BEGIN = 1_772_409_600
"""Monday, 2 March 2026, in seconds since 1970."""
PARTITIONS = 8
VALIDATED = 2_000


@dataclass
class SeriesCost:
    """CPU seconds of each step, per minute of figures."""

    series: int
    minutes: int
    spent: dict[str, list[float]] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)
    validated_us: float = 0.0

    def us(self, step: str) -> float:
        """Give the median cost of a step, µs a point."""
        return median(self.spent[step][1:]) / self.series * 1e6

    def note(self, step: str, began: float) -> None:
        """Take in how long a step has taken since a moment of CPU time."""
        self.spent.setdefault(step, []).append(time.process_time() - began)


def measure_series(series: int, minutes: int, announce: Callable[[str], None]) -> SeriesCost:
    """Drive minutes of figures through the grid and every detector."""
    cost, grid = SeriesCost(series, minutes), MinuteGrid()
    detectors = {name: make(series) for name, make in DETECTORS.items()}
    random = np.random.default_rng(1)
    levels, phases = random.lognormal(1.0, 1.2, series), random.uniform(0, 2 * np.pi, series)
    for number in range(minutes):
        lively = 1 + 0.5 * np.sin(2 * np.pi * number / 1_440 + phases)
        partials = told(number, random.poisson(levels * lively).tolist())
        if number == 0:
            cost.validated_us = validated(partials[:VALIDATED])
        began = time.process_time()
        grid.take(partials)
        cost.note("take", began)
        began = time.process_time()
        finished = grid.close(BEGIN + 60 * number)
        cost.note("close", began)
        for minute, counts, _ in finished:
            judge(cost, detectors, minute * 60.0, counts.astype(np.float64))
        if number % 100 == 0:
            announce(f"{number} of {minutes} minutes")
    return cost


def judge(cost: SeriesCost, detectors: dict[str, AnomalyDetector], at: float, values: Floats) -> None:
    """Hand a finished minute of all series to each detector."""
    seconds, places = np.full(len(values), at), np.arange(len(values))
    for name, detector in detectors.items():
        began = time.process_time()
        scores = detector.observe(seconds, values, places)
        cost.note(name, began)
        cost.alarms[name] = cost.alarms.get(name, 0) + int((scores >= 0.5).sum())


def told(number: int, counts: Sequence[int]) -> list[MetricPartial]:
    """Make what the series agent says of one minute: a partial for each series."""
    minute = datetime.fromtimestamp(BEGIN + 60 * number, UTC)
    return [
        MetricPartial.model_construct(
            series="orders", store_id=f"s{row}", channel="pos", minute=minute, count=count, total=count,
            origin=Origin.model_construct(
                generation="topic:0", topic="scores", partition=row % PARTITIONS, offset=number
            ),
            schema_version=1,
        )
        for row, count in enumerate(counts)
    ]  # fmt: skip


def validated(partials: Sequence[MetricPartial]) -> float:
    """Time the validation of partials from bytes alone, µs each."""
    records = [one.model_dump_json().encode() for one in partials]
    began = time.process_time()
    for record in records:
        MetricPartial.model_validate_json(record)
    return (time.process_time() - began) / len(records) * 1e6


def report_series(cost: SeriesCost) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    points = cost.series * (cost.minutes - 1)
    lines = [
        f"{cost.series:,} series, {cost.minutes:,} minutes, a point of each a minute",
        f"{'':48}{'µs a point':>12}{'of a core':>12}{'alarms':>10}",
        row_of("validation of partials (pydantic), not in the sums", cost.validated_us, cost.series),
        row_of("partials into the grid", cost.us("take"), cost.series),
        row_of("finished minutes out of it", cost.us("close"), cost.series),
    ]
    record: dict[str, float | None] = {"series": float(cost.series)}
    for name in DETECTORS:
        alarms = f"{cost.alarms[name] / points * 1e6:10.1f}"
        lines.append(row_of(f"detector {name}", cost.us(name), cost.series) + alarms)
        record[f"{name}_us"] = round(cost.us(name), 3)
    grid = cost.us("take") + cost.us("close")
    for name, word in ((BEST, "best"), (MANY, "cheapest")):
        whole = grid + cost.us(name)
        lines.append(row_of(f"all with the {word} detector, {name}", whole, cost.series))
        record[f"core_{name}"] = round(whole * cost.series / 60e6, 5)
    lines.append("alarms: per million points, none of which is an anomaly; most while a series is new")
    return "\n".join(lines), record | {"grid_us": round(grid, 3)}


def row_of(name: str, us: float, series: int) -> str:
    """Write a line: cost a point, and share of one core at a point of each series a minute."""
    return f"{name:52}{us:8.2f}{us * series / 60e6:11.2%} "
