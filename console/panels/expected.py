"""What is usual: the expected course of a figure over the day, and the band around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil, sqrt
from typing import Literal, NamedTuple

from console.query import Query

__all__ = ["EXPECTED", "Expected", "ExpectedRow", "Usual", "course_of", "range_of"]

Place = Literal["below", "inside", "above"]

TOGETHER = 0.25
"""Correlation between the errors of two slots of a day: a good day is good for hours. Without it the band of
a whole day would be as narrow as chance alone makes it, with 1 as wide as if every slot hit its edge at
once. Chosen, not tuned."""


@dataclass(frozen=True)
class ExpectedRow:
    """The course of a series over a day, per slot, in the unit of the series' total."""

    series: str
    begins_at: datetime
    slot_minutes: int
    expected: list[float]
    low: list[float]
    high: list[float]
    learnt_days: int


EXPECTED = Query("expected", ExpectedRow, every_seconds=10)


class Usual(NamedTuple):
    """What is expected, and the ends of the band."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Expected:
    """A course that was learnt."""

    row: ExpectedRow

    def per_minute(self, middle: datetime) -> Usual | None:
        """Give what is usual a minute around a moment; between the middles of two slots it changes evenly."""
        row = self.row
        minutes = (middle - row.begins_at).total_seconds() / 60
        place = minutes / row.slot_minutes - 0.5
        if not -0.5 <= place <= len(row.expected) - 0.5:
            return None
        first = min(max(int(place), 0), len(row.expected) - 1)
        second = min(first + 1, len(row.expected) - 1)
        share = min(max(place - first, 0.0), 1.0)

        def between(values: list[float]) -> float:
            return (values[first] * (1 - share) + values[second] * share) / row.slot_minutes

        return Usual(between(row.expected), between(row.low), between(row.high))

    def until(self, end: datetime) -> Usual | None:
        """Add up the day as far as a moment; None before the first slot ends or after the last.

        Of the slot that is under way its share counts. The band of a sum is narrower than the sum of the
        bands, because slots do not all err the same way.
        """
        row = self.row
        slots = (end - row.begins_at).total_seconds() / 60 / row.slot_minutes
        if not 1 <= slots <= len(row.expected):
            return None
        shares = [min(1.0, slots - place) for place in range(ceil(slots))]

        def shared(values: list[float]) -> list[float]:
            return [value * share for value, share in zip(values, shares, strict=False)]

        expected, low, high = shared(row.expected), shared(row.low), shared(row.high)
        total = sum(expected)
        below = [middle - end for middle, end in zip(expected, low, strict=True)]
        above = [end - middle for middle, end in zip(expected, high, strict=True)]
        return Usual(total, total - width(below), total + width(above))


def width(widths: list[float]) -> float:
    """Add up half bands whose errors are correlated by `TOGETHER`."""
    together = sum(widths)
    apart = sum(one * one for one in widths)
    return sqrt((1 - TOGETHER) * apart + TOGETHER * together * together)


def course_of(rows: Iterable[ExpectedRow], series: str) -> Expected | None:
    """Find the course of a series; None where nothing was learnt or nobody publishes one."""
    found = next((row for row in rows if row.series == series), None)
    return Expected(found) if found is not None and found.learnt_days and found.expected else None


def range_of(value: float, usual: Usual) -> Place:
    """Say where a figure lies."""
    if value < usual.low:
        return "below"
    return "above" if value > usual.high else "inside"
