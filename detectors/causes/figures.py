"""Figures by day and part, as the store or a simulation gives them, and one measure of them taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.causes.measures import Measure
from detectors.causes.parts import Parts
from detectors.causes.usual import DayRows, parts_of_days, ratio_parts

__all__ = ["FigureRows", "Taken", "take_apart"]


CAP = 5.0
"""A part's money counts as evidence up to so many times what its payments usually bring. Chosen."""


@dataclass(frozen=True)
class FigureRows:
    """Figures of one kind of event.

    Parameters
    ----------
    columns
        Per dimension the value of each row.
    day, before
        As in `DayRows`.
    figures
        By name, shape `(n_rows,)`.
    days
        Earlier days that were asked for.

    """

    columns: Mapping[str, NDArray[np.object_]]
    day: NDArray[np.int64]
    before: NDArray[np.bool_]
    figures: Mapping[str, NDArray[np.float64]]
    days: int

    def where(self, rows: NDArray[np.bool_]) -> "FigureRows":
        """Keep some rows."""
        return FigureRows(
            {name: column[rows] for name, column in self.columns.items()},
            self.day[rows],
            self.before[rows],
            {name: figure[rows] for name, figure in self.figures.items()},
            self.days,
        )

    def having(self, values: Sequence[tuple[str, str]]) -> "FigureRows":
        """Keep the rows with these values, as far as these events know the dimensions."""
        rows = np.ones(len(self.day), np.bool_)
        for dimension, value in values:
            if dimension in self.columns:
                rows &= self.columns[dimension] == value
        return self.where(rows)

    def by_day(self, dimensions: tuple[str, ...], value: str, events: str) -> DayRows:
        """Give one figure by day."""
        return DayRows(
            dimensions,
            tuple(self.columns[dimension].tolist() for dimension in dimensions),
            self.day,
            self.before,
            self.figures[value],
            self.figures[events],
            self.days,
        )


@dataclass(frozen=True)
class Taken:
    """A measure taken apart.

    Parameters
    ----------
    parts
        In the unit of what is summed, money without the excess of single dear payments; of a ratio its
        numerator beside what is usual for today's denominator.
    actual, expected
        The measure itself.
    mix
        Of a ratio, by how much it changed because parts have other sizes; else 0.

    """

    parts: Parts
    actual: float
    expected: float
    mix: float = 0.0


def take_apart(rows: FigureRows, measure: Measure, dimensions: tuple[str, ...] | None = None) -> Taken:
    """Hold a measure's parts against what they usually are.

    Parameters
    ----------
    rows
        Figures of the measure's kind of events.
    measure
        Which figure.
    dimensions
        What to tell it apart by; all that the measure knows.

    """
    wanted = measure.dimensions if dimensions is None else dimensions
    own = parts_of_days(rows.by_day(wanted, measure.value, measure.events))
    if not measure.per:
        money = measure.value != measure.events
        parts = (
            parts_of_days(
                capped(rows, measure.value, measure.events).by_day(wanted, measure.value, measure.events)
            )
            if money
            else own
        )
        return Taken(parts, float(own.actual.sum()), float(own.expected.sum()))
    below = rows.by_day(wanted, measure.value, measure.events)
    summed = np.sum([rows.figures[name] for name in measure.per], axis=0)
    whole = parts_of_days(
        DayRows(below.dimensions, below.columns, below.day, below.before, summed, summed, below.days)
    )
    parts, mix = ratio_parts(own, whole)
    return Taken(parts, share(own.actual, whole.actual), share(own.expected, whole.expected), mix)


def capped(rows: FigureRows, value: str, events: str) -> FigureRows:
    """Cut what single dear payments bring: one payment of a thousand is no evidence about a part."""
    figure, counted = rows.figures[value], rows.figures[events]
    if not counted.sum():
        return rows
    most = CAP * abs(float(figure.sum() / counted.sum())) * np.maximum(counted, 1.0)
    return replace(rows, figures={**rows.figures, value: np.clip(figure, -most, most)})


def share(above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    """Divide sums; 0 where there is nothing."""
    total = float(below.sum())
    return float(above.sum()) / total if total > 0 else 0.0
