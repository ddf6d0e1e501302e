"""What is usual for a series at a time of the week, and how far it strays: learnt value by value.

Usual is a mean per quarter of an hour of the week, drawn towards that of the quarter of the day, drawn
towards the mean of all: a new series has a level after 20 values, a day's course after a day or two, that
of a week after two weeks. On it comes how the series goes now, in deviations of this hour (a good day, a
new level), and how restless it is now. A quarter or an hour is learnt when it is over, each visit once,
however many values it had, and what lies far off counts as no more than six deviations.
"""

from math import sqrt
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["DAY_SLOTS", "RHYTHM", "SLOT", "WEEK_SLOTS", "course", "observe_rhythm"]

SLOT, HOUR, WEEK = 900.0, 3_600.0, 604_800.0
WEEK_SLOTS, DAY_SLOTS, HOURS = 672, 96, 24
WARM_UP = 20
MOST_VISITS = 250
WEEK_PRIOR, DAY_PRIOR, HOUR_PRIOR = 0.5, 1.0, 0.5
"""Visits whose weight the coarser mean has."""
WEEK_LEARNS, DAY_LEARNS, HOUR_LEARNS = 1 / 8, 1 / 14, 1 / 7
"""Share of the newest visit, at least."""
ALL_LEARN = 1 / 2_000
PACE, RESTLESS = 1 / 60, 1 / 60
"""Share of a value in how the series goes now, and in how restless it is."""
LEAST_RESTLESS, FARTHEST = 0.5, 6.0
STANDS_STILL = 1e-9
"""What moves by less, as a share of the largest value so far, does not move."""
SUREST = 1e3

RHYTHM = np.dtype([
    ("events", "<i8"), ("slot", "<i8"), ("hour", "<i8"), ("level", "<f8"), ("variance", "<f8"),
    ("largest", "<f8"), ("pace", "<f8"), ("restless", "<f8"),
    ("slot_sum", "<f8"), ("slot_values", "<i8"), ("hour_sum", "<f8"), ("hour_values", "<i8"),
    ("week", "<f8", (WEEK_SLOTS,)), ("day", "<f8", (DAY_SLOTS,)), ("squares", "<f8", (HOURS,)),
    ("week_visits", "u1", (WEEK_SLOTS,)), ("day_visits", "u1", (DAY_SLOTS,)), ("hour_visits", "u1", (HOURS,)),
])  # fmt: skip


@compiled
def course(one: Any, slot: Any) -> Any:
    """Give what is usual in a quarter of an hour, numbered from the epoch, without how it goes now."""
    of_day, of_week = slot % DAY_SLOTS, slot % WEEK_SLOTS
    visits = float(one.day_visits[of_day])
    usual = (visits * one.day[of_day] + DAY_PRIOR * one.level) / (visits + DAY_PRIOR)
    visits = float(one.week_visits[of_week])
    return (visits * one.week[of_week] + WEEK_PRIOR * usual) / (visits + WEEK_PRIOR)


@compiled
def deviation(one: Any, hour: Any) -> Any:
    """Give the standard deviation of an hour, numbered from the epoch."""
    of_day = hour % HOURS
    visits = float(one.hour_visits[of_day])
    return sqrt((visits * one.squares[of_day] + HOUR_PRIOR * one.variance) / (visits + HOUR_PRIOR))


@compiled
def end_slot(one: Any, slot: Any) -> Any:
    """Learn the quarter of an hour that is over, and begin another."""
    if one.slot_values:
        mean = one.slot_sum / one.slot_values
        place = one.slot % DAY_SLOTS
        one.day_visits[place] = min(one.day_visits[place] + 1, MOST_VISITS)
        one.day[place] += (mean - one.day[place]) * max(1.0 / one.day_visits[place], DAY_LEARNS)
        place = one.slot % WEEK_SLOTS
        one.week_visits[place] = min(one.week_visits[place] + 1, MOST_VISITS)
        one.week[place] += (mean - one.week[place]) * max(1.0 / one.week_visits[place], WEEK_LEARNS)
    one.slot, one.slot_sum, one.slot_values = slot, 0.0, 0


@compiled
def end_hour(one: Any, hour: Any) -> Any:
    """Learn how far the hour that is over strayed, and begin another."""
    if one.hour_values:
        place = one.hour % HOURS
        one.hour_visits[place] = min(one.hour_visits[place] + 1, MOST_VISITS)
        mean = one.hour_sum / one.hour_values
        one.squares[place] += (mean - one.squares[place]) * max(1.0 / one.hour_visits[place], HOUR_LEARNS)
    one.hour, one.hour_sum, one.hour_values = hour, 0.0, 0


@compiled
def observe_rhythm(
    places: Any, seconds: Any, values: Any, series: Any, usual: Any, spread: Any, far: Any
) -> Any:
    """Say what was usual of values in their order, each before it is learnt.

    Parameters
    ----------
    places
        The series of each.
    seconds, values
        Their times and the values.
    series
        What is known of each series (`RHYTHM`).
    usual, spread
        Filled: what was usual, and the standard deviation around it, without how restless it is now.
    far
        Filled: how many deviations, as restless as it is now, the value lies above (below: negative); 0
        before 20 values.

    """
    for event in range(len(values)):
        one, value = series[places[event]], values[event]
        slot, hour = int(seconds[event] // SLOT), int(seconds[event] // HOUR)
        one.largest = max(one.largest, abs(value))
        if one.events == 0:
            one.level, one.restless = value, 1.0
        if one.events == 0 or slot != one.slot:
            end_slot(one, slot)
        if one.events == 0 or hour != one.hour:
            end_hour(one, hour)
        still = STANDS_STILL * one.largest
        base, own = course(one, slot), max(deviation(one, hour), still)
        width = own * sqrt(max(one.restless, LEAST_RESTLESS))
        middle = base + one.pace * own
        off, away = value - middle, 0.0
        if one.events >= WARM_UP and abs(off) > still:
            away = (
                min(max(off / width, -SUREST), SUREST) if width > 0.0 else (SUREST if off > 0.0 else -SUREST)
            )
        usual[event], spread[event], far[event] = middle, own, away
        near = off if one.events < WARM_UP else min(max(away, -FARTHEST), FARTHEST) * width
        if one.events >= WARM_UP and own > 0.0:
            one.pace += PACE * near / own
            change = (near / own) ** 2 - one.restless
            one.restless = max(one.restless + RESTLESS * change, LEAST_RESTLESS / 2)
        learns = max(1.0 / (one.events + 1.0), ALL_LEARN)
        one.level += (middle + near - one.level) * learns
        square = (middle + near - base) ** 2
        one.variance += (square - one.variance) * learns
        one.slot_sum += middle + near
        one.slot_values += 1
        one.hour_sum += square
        one.hour_values += 1
        one.events += 1
