"""Has a rate changed? Cumulative sums of Poisson likelihood ratios (Page's CUSUM), and the change they found.

The sum of the evidence for `ratio` times the usual rate, never below zero; a change begins where the sum last
was zero and is found at a threshold. It ends when as much of the opposite evidence as makes "usual again" 150
times likelier has come together; the end is where that run began. A rise also ends when nothing more has come
for 90 minutes.

References
----------
E. S. Page: Continuous Inspection Schemes. Biometrika 41, 1954.
J. M. Lucas: Counted Data CUSUM's. Technometrics 27, 1985.
"""

from math import log
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["GOES_ON", "RUN", "begin_run", "evidence", "step_run", "step_runs"]

BACK_TO_NORMAL = 5.0
"""Evidence (natural log) that ends a change: 150 times likelier that the rate is as usual again."""

QUIET_SECONDS = 90 * 60.0
"""A rise is over when so much watched time brought no more of it: what happens twice a day
would otherwise need days to be usual again. Chosen, not tuned."""

GOES_ON = -1e300
"""`until` of a change that is not over."""

SEEN = ["last_at", "count", "usual", "money", "usual_money"]
RUN = np.dtype([
    ("value", "<f8"), ("open", "<i8"), ("until", "<f8"), ("since", "<f8"), ("back", "<f8"),
    ("back_since", "<f8"), ("grown_at", "<f8"),
    *((name, "<f8") for name in SEEN), *((f"seen_{name}", "<f8") for name in SEEN),
])  # fmt: skip
"""A run; `seen_*` is what it had come to when it last grew. Zeros are a run that has seen nothing."""


@compiled
def evidence(count: Any, usual: Any, ratio: Any) -> Any:
    """Log likelihood ratio of a Poisson count under `ratio` times the usual rate against the usual one."""
    return count * log(ratio) - (ratio - 1.0) * usual


@compiled
def begin_run(one: Any, at: Any) -> Any:
    """Forget what gathered; a run begins at a moment."""
    one.value = one.back = one.count = one.usual = one.money = one.usual_money = 0.0
    one.since = one.last_at = one.back_since = one.grown_at = at
    one.open, one.until = 0, GOES_ON
    note(one)


@compiled
def note(one: Any) -> Any:
    """Remember what the run has come to."""
    one.seen_last_at, one.seen_count, one.seen_usual = one.last_at, one.count, one.usual
    one.seen_money, one.seen_usual_money = one.money, one.usual_money


@compiled
def recovers(one: Any, begin: Any, end: Any, gained: Any, rises: Any) -> Any:
    """Weigh evidence that all is as usual again; say whether the change is over."""
    if gained < 0.0:
        one.grown_at = end
    if one.back + gained <= 0.0:
        one.back, one.back_since = 0.0, end
        note(one)
        return False
    if one.back == 0.0:
        one.back_since = begin
    one.back += gained
    if one.back >= BACK_TO_NORMAL:
        one.until = one.back_since
    elif rises and end - one.grown_at >= QUIET_SECONDS:
        one.until = one.grown_at
    return one.until != GOES_ON


@compiled
def step_run(
    one: Any, ratio: Any, begin: Any, end: Any, count: Any, usual: Any, sure: Any, threshold: Any,
    spread: Any, money: Any, usual_money: Any,
) -> Any:  # fmt: skip
    """Take one finished interval into a run; parameters as in `RateRun.step`."""
    if one.until != GOES_ON:
        begin_run(one, begin)
    gained = evidence(count, sure, ratio) / spread
    if not one.open:
        if one.value + gained <= 0.0:
            begin_run(one, end)
            return
        one.value += gained
    one.count += count
    one.usual += usual
    one.money += money
    one.usual_money += usual_money
    one.last_at = end
    if not one.open:
        one.open = 1 if one.value >= threshold else 0
        one.back_since = one.grown_at = end
        note(one)
    elif recovers(one, begin, end, -gained, ratio > 1.0):
        # What it came to, without the time that showed that it was over.
        one.last_at, one.count, one.usual = one.seen_last_at, one.seen_count, one.seen_usual
        one.money, one.usual_money = one.seen_money, one.seen_usual_money


@compiled
def step_runs(
    places: Any, seconds: Any, counts: Any, usual: Any, fall: Any, rise: Any, threshold: Any, runs: Any,
    highest: Any,
) -> Any:  # fmt: skip
    """Take values in their order into two runs of their series each, for a fall and for a rise.

    Parameters
    ----------
    places
        The series of each.
    seconds, counts, usual
        Their times, what came, and what is usual.
    fall, rise
        The ratios that are looked for.
    threshold
        Evidence that makes a finding.
    runs
        What is known of each series (`RUN`, shape (series, 2)).
    highest
        Filled: the larger evidence of those that gather, or of one that has just been found; 0 while a change
        lasts that was found before.

    """
    for event in range(len(places)):
        at, highest[event] = seconds[event], 0.0
        for side in range(2):
            one = runs[places[event], side]
            lasted = one.open == 1 and one.until == GOES_ON
            ratio = fall if side == 0 else rise
            step_run(one, ratio, at, at, counts[event], usual[event], usual[event], threshold, 1.0, 0.0, 0.0)
            if not lasted:
                highest[event] = max(highest[event], one.value)
