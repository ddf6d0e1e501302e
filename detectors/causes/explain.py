"""Ranked causes of a change, none of which covers what another covers, with what each adds to it."""

from dataclasses import dataclass
from math import log

import numpy as np

from detectors.causes.parts import Parts
from detectors.causes.search import LEAST_SHARE, best_combination, covered, gain

__all__ = ["Cause", "Explanation", "explain"]

MOST_CAUSES = 5
ENOUGH_SHARE = 0.95
"""Once so much is explained nothing more is looked for. Chosen."""

SURE = log(100.0)
"""A combination must gain so much more than it costs: an accident does once in a hundred times. Chosen."""


@dataclass(frozen=True)
class Cause:
    """A combination of dimension values, without what causes ranked before it cover.

    Parameters
    ----------
    values
        Names of dimensions and their values.
    actual, expected
        In the figure's unit.
    share
        Of the whole change; all shares and the rest's add up to 1.
    surprise
        How unlikely it is to be an accident, in nats: it has a chance of at most exp(−surprise).
    partly
        Causes before it cover part of what its values name.

    """

    values: tuple[tuple[str, str], ...]
    actual: float
    expected: float
    share: float
    surprise: float
    partly: bool = False

    @property
    def change(self) -> float:
        """What it adds to the change."""
        return self.actual - self.expected


@dataclass(frozen=True)
class Explanation:
    """Why a total changed.

    Parameters
    ----------
    actual, expected
        The total, in the figure's unit.
    surprise
        Of the total, in nats.
    causes
        The surest first; empty = no single cause.
    evenly
        The total changed beyond doubt, and no part of it by more than the others.

    """

    actual: float
    expected: float
    surprise: float
    causes: tuple[Cause, ...]
    evenly: bool

    @property
    def change(self) -> float:
        """What the total is more, or less, than usual."""
        return self.actual - self.expected

    @property
    def rest(self) -> float:
        """What no cause explains, in the figure's unit."""
        return self.change - sum(cause.change for cause in self.causes)


def explain(parts: Parts, bad: int = 0) -> Explanation:
    """Find what explains the change of a total.

    The best combination is taken, what it covers is set aside, and the rest searched again. Where the total
    is as usual one part of it may have fallen and the rest made up for that: then the bad direction is
    searched first, and the other one where it holds nothing.

    Parameters
    ----------
    parts
        The total taken apart.
    bad
        -1 where less is bad, 1 where more is; 0 = the direction in which the total changed.

    Cost: as `best_combination` for each cause and once more, twice where the total is as usual.
    """
    actual, expected = float(parts.actual.sum()), float(parts.expected.sum())
    whole = float(gain(np.array(actual), np.array(expected), parts))
    along = 1 if actual > expected else -1
    first = (bad or along) if whole < SURE else along
    causes, evenly = causes_of(parts, first, whole)
    if whole < SURE and not causes:
        causes, _ = causes_of(parts, -first, whole)
    return Explanation(actual, expected, whole, tuple(causes), evenly)


def causes_of(parts: Parts, direction: int, whole: float) -> tuple[list[Cause], bool]:
    """Search one direction; say also whether everything changed alike, which surprises by `whole`."""
    change = parts.change
    left = np.ones(len(parts.actual), np.bool_)
    causes: list[Cause] = []
    evenly = False
    least = LEAST_SHARE * abs(change)
    explained = 0.0
    while len(causes) < MOST_CAUSES and explained < ENOUGH_SHARE and left.any():
        found = best_combination(parts, left, direction, least=least)
        evenly = evenly or (not (causes or found.values) and whole >= SURE)
        off = found.actual - found.expected
        if not found.values or found.gain - found.cost < SURE or direction * off < least:
            break
        causes.append(
            Cause(
                tuple((parts.dimensions[at], parts.names[at][code]) for at, code in found.values),
                found.actual,
                found.expected,
                share=off / change if change else 0.0,
                surprise=found.gain - found.cost,
                partly=bool((covered(parts, found.values) & ~left).any()),
            )
        )
        explained += max(causes[-1].share, 0.0)
        left &= ~found.rows
    return causes, evenly
