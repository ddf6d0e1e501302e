"""Causes planted into a simulated chain: which part sells less or more, from when, by how much."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import numpy as np
from numpy.typing import NDArray

from detectors.causes.explain import explain
from detectors.causes.figures import FigureRows, take_apart
from detectors.causes.measures import PAYMENT_DIMENSIONS, Measure
from detectors.causes.parts import Parts
from detectors.causes.search import covered, gain
from detectors.causes.why import telling

__all__ = ["Outcome", "Planted", "judge", "plan", "plant"]

FACTORS = (0.0, 0.1, 0.25, 0.5, 0.7, 1.8, 2.5)
MINUTES = (30, 45, 60, 90, 120, 180)
LEAST_NATS = 10.5
"""A part that changed by less would raise no alert either: what the watch over checkouts needs."""


@dataclass(frozen=True)
class Planted:
    """What is planted: values of one to three dimensions, from when to when, times what."""

    since: datetime
    until: datetime
    values: tuple[tuple[str, str], ...]
    factor: float


@dataclass(frozen=True)
class Outcome:
    """What became of one: whether the first cause covers the same parts, and how loud it was, in nats."""

    planted: Planted
    named: tuple[tuple[str, str], ...]
    right: bool
    part_nats: float
    total_nats: float


def plan(random: Random, rows: FigureRows, since: datetime) -> Planted:
    """Draw a part of the business that sells at all, and a change.

    Parameters
    ----------
    random, since
        Where randomness comes from, and the beginning.
    rows
        Figures of that time; the part is that of one payment in them.

    """
    here = np.flatnonzero((rows.day == 0) & ~rows.before & (rows.figures["orders"] > 0))
    row = int(random.choice(here.tolist()))
    width = random.choice((1, 1, 2, 2, 3))
    there = [name for name in PAYMENT_DIMENSIONS if rows.columns[name][row]]
    dimensions = random.sample(there, min(width, len(there)))
    values = tuple((name, str(rows.columns[name][row])) for name in sorted(dimensions))
    return Planted(since, since + timedelta(minutes=random.choice(MINUTES)), values, random.choice(FACTORS))


def plant(rows: FigureRows, planted: Planted, seed: int) -> FigureRows:
    """Thin out, or multiply, what has these values today; each payment brings what it brought."""
    hit = (rows.day == 0) & ~rows.before
    for dimension, value in planted.values:
        hit &= rows.columns[dimension] == value
    random = np.random.default_rng(seed)
    orders = rows.figures["orders"]
    if planted.factor < 1:
        kept = random.binomial(orders.astype(np.int64), planted.factor).astype(np.float64)
    else:
        kept = orders + random.poisson(orders * (planted.factor - 1))
    ratio = np.divide(kept, orders, out=np.ones_like(kept), where=orders > 0)
    scale = np.where(hit, ratio, 1.0)
    return FigureRows(
        rows.columns, rows.day, rows.before, {n: f * scale for n, f in rows.figures.items()}, rows.days
    )


def judge(rows: FigureRows, planted: Planted, measure: Measure) -> Outcome | None:
    """Explain, and compare; None where what is planted covers everything there is."""
    parts = take_apart(rows, measure, telling(rows, measure)).parts
    wanted = covering(parts, planted.values)
    if wanted is None or wanted.all():
        return None
    nats = float(gain(np.array(parts.actual[wanted].sum()), np.array(parts.expected[wanted].sum()), parts))
    found = explain(parts)
    named = found.causes[0].values if found.causes else ()
    first = covering(parts, named) if named else None
    # two names of the same payments are one cause
    matters = parts.actual + parts.expected > 0
    right = first is not None and bool((first == wanted)[matters].all())
    return Outcome(planted, named, right, nats, found.surprise)


def covering(parts: Parts, values: tuple[tuple[str, str], ...]) -> NDArray[np.bool_] | None:
    """Say which parts have these values; None where a value does not occur."""
    coded = []
    for name, value in values:
        if name not in parts.dimensions:
            continue  # all parts have it
        place = parts.dimensions.index(name)
        if value not in parts.names[place]:
            return None
        coded.append((place, parts.names[place].index(value)))
    return covered(parts, tuple(coded))
