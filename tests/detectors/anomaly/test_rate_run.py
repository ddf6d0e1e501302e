"""A change of rate is found, told once, and ends."""

import numpy as np
import pytest

from detectors.anomaly.rate_run import RateRun

THRESHOLD = 9.0


def feed(run: RateRun, counts: list[int], usual: float, first: int = 0) -> list[int]:
    """Hand in counts of five minutes; give the steps in which a change stood."""
    standing = []
    for step, counted in enumerate(counts, first):
        begin = step * 300.0
        run.step(begin, begin + 300, counted, usual, sure=usual, threshold=THRESHOLD)
        if run.open:
            standing.append(step)
    return standing


@pytest.mark.parametrize(("usual", "steps"), [(4.0, 3), (0.5, 24)])
def test_a_large_rate_is_found_sooner_than_a_small_one(usual: float, steps: int) -> None:
    standing = feed(RateRun(0.25), [0] * 40, usual)
    assert standing[0] == steps - 1


def test_a_change_begins_where_the_evidence_was_last_zero() -> None:
    run = RateRun(0.25)
    feed(run, [4, 5, 3, 4, 0, 0, 0, 0], 4.0)
    assert run.open
    assert run.since == 4 * 300
    assert (run.count, run.usual) == (0, 16)


def test_a_change_ends_when_the_rate_is_usual_again_and_can_begin_again() -> None:
    run = RateRun(0.25)
    feed(run, [0] * 6 + [4, 4], 4.0)
    assert run.until == 6 * 300
    assert feed(run, [4, 4], 4.0, first=8) == []
    assert feed(run, [0] * 6, 4.0, first=10)[-1] == 15
    assert run.since == 10 * 300


def test_a_rise_of_what_is_rare_ends_when_it_stays_quiet() -> None:
    run = RateRun(4.0)
    assert feed(run, [0, 4, 4, 1] + [0] * 20, 0.02)[0] == 2
    assert run.open is False
    assert run.value == 0


def test_usual_counts_raise_hardly_ever() -> None:
    """About 20,000 payments: the bound promises at most e^-9 times as many findings, or two."""
    counts = np.random.default_rng(1).poisson(1.0, 20_000).tolist()
    run, found, was_open = RateRun(0.25), 0, False
    for step, counted in enumerate(counts):
        run.step(step * 300.0, step * 300.0 + 300, counted, 1.0, sure=1.0, threshold=THRESHOLD)
        found += run.open and not was_open
        was_open = run.open
    assert found <= 2


def test_stopping_ends_what_lasts_and_forgets_what_was_gathering() -> None:
    lasting, gathering = RateRun(0.25), RateRun(0.25)
    feed(lasting, [0] * 6, 4.0)
    feed(gathering, [0], 4.0)
    for run in (lasting, gathering):
        run.stop(5_000.0)
    assert (lasting.until, gathering.until, gathering.value) == (5_000.0, None, 0.0)
