"""Tails are exact where the terms can be added up, ordered where they cannot, and calibration only doubts."""

from math import exp, fsum, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.anomaly import calibration_loops, tail_loops
from detectors.anomaly.detector import Floats
from detectors.anomaly.rate_loops import evidence
from detectors.anomaly.tail_loops import at_least, at_most


def chance(count: int, mean: float, spread: float) -> float:
    """Probability of a count, from the definition."""
    if spread == 1.0:
        return exp(count * log(mean) - mean - lgamma(count + 1))
    size = mean / (spread - 1)
    return exp(
        lgamma(count + size) - lgamma(size) - lgamma(count + 1)
        - size * log(spread) + count * log(1 - 1 / spread)
    )  # fmt: skip


@pytest.mark.parametrize("spread", [1.0, 1.5, 4.0])
@pytest.mark.parametrize(
    ("count", "mean"), [(3, 0.1), (1, 0.01), (10, 5.0), (2, 5.0), (60, 100.0), (150, 100.0)]
)
def test_both_tails_are_the_sums_of_their_terms(count: int, mean: float, spread: float) -> None:
    above = fsum(chance(one, mean, spread) for one in range(count, count + 4_000))
    below = fsum(chance(one, mean, spread) for one in range(count + 1))
    assert at_least(float(count), mean, spread) == pytest.approx(-log(above), rel=1e-6, abs=1e-9)
    assert at_most(float(count), mean, spread) == pytest.approx(-log(below), rel=1e-6, abs=1e-9)


@given(
    mean=st.floats(1e-3, 1e5),
    spread=st.floats(1, 50),
    counts=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
)
def test_what_is_farther_is_rarer(mean: float, spread: float, counts: tuple[int, int]) -> None:
    few, many = sorted(counts)
    assert at_least(float(few), mean, spread) <= at_least(float(many), mean, spread) * (1 + 1e-6) + 1e-6
    assert at_most(float(few), mean, spread) * (1 + 1e-6) + 1e-6 >= at_most(float(many), mean, spread)


def test_between_two_counts_the_tails_are_those_of_the_counts() -> None:
    assert at_least(3.5, 2.0, 1.5) == at_least(4.0, 2.0, 1.5)
    assert at_most(3.5, 2.0, 1.5) == at_most(3.0, 2.0, 1.5)


def test_none_at_all_is_no_surprise_from_above_and_one_from_below() -> None:
    assert at_least(0.0, 5.0, 1.0) == 0.0
    assert at_most(0.0, 5.0, 1.0) == pytest.approx(5.0)
    assert at_least(1.0, 0.0, 1.0) == np.inf


def test_what_is_rarer_than_the_smallest_number_still_has_an_order() -> None:
    far = np.array([5.0, 40.0, 400.0, -400.0])
    surprise = np.empty(4)
    tail_loops.normal_surprises(far, surprise)
    assert (np.diff(surprise[:3]) > 0).all()
    assert surprise[2] == surprise[3]
    assert np.isfinite(surprise).all()


def calibrated(surprise: Floats) -> Floats:
    found = np.empty(len(surprise))
    places = np.zeros(len(surprise), np.int64)
    calibration_loops.calibrate(places, surprise, np.zeros(1, calibration_loops.TAIL), found)
    return found


def test_where_the_model_holds_calibration_changes_little_and_never_adds() -> None:
    surprise = np.random.default_rng(1).exponential(1.0, 100_000)
    found = calibrated(surprise)
    assert (found <= surprise + 1e-9).all()
    late = found[50_000:]
    assert 0.2 < (late >= log(10_000)).sum() / 5 < 5


def test_a_series_that_strays_more_than_its_model_says_has_the_same_threshold() -> None:
    """Its surprises are three times as large: without calibration one in 22 would reach the threshold."""
    surprise = 3.0 * np.random.default_rng(2).exponential(1.0, 100_000)
    assert (surprise >= log(10_000)).mean() > 0.04
    assert (calibrated(surprise)[50_000:] >= log(10_000)).sum() <= 50


def test_evidence_is_the_log_likelihood_ratio() -> None:
    told = [evidence(0.0, 4.0, 0.25), evidence(4.0, 4.0, 0.25), evidence(6.0, 1.0, 3.0)]
    assert np.round(told, 2).tolist() == [3.0, -2.55, 4.59]
