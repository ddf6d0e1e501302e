"""Bands hold the share that they name, whatever chance does to the figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.watch.band import BandWidths, Floats, band, strays

SHARES = (0.8, 0.95, 0.98)


def learnt_from(mean: Floats, variance: Floats, came: Floats, kind: str = "orders") -> BandWidths:
    widths = BandWidths()
    widths.learn(kind, mean, variance, came)
    return widths


def held(widths: BandWidths, mean: Floats, variance: Floats, came: Floats, share: float) -> float:
    low, high = band(mean, variance, widths.deviations("orders", mean, variance, share))
    return float(((low <= came) & (came <= high)).mean())


@given(
    mean=st.floats(0.01, 1e7),
    relative=st.floats(0.01, 3.0),
    came=st.floats(0.0, 1e8),
    wide=st.floats(0.0, 8.0),
)
def test_a_band_holds_what_strays_no_farther(mean: float, relative: float, came: float, wide: float) -> None:
    means, variances = np.array([mean]), np.array([(mean * relative) ** 2])
    far = float(strays(means, variances, np.array([came]))[0])
    low, high = band(means, variances, np.array([wide]))
    if abs(far - wide) > 1e-6:
        assert (low[0] <= came <= high[0]) == (far < wide)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("level", [0.3, 2.0, 30.0, 900.0])
def test_whole_events_are_held_as_often_as_is_said(share: float, level: float) -> None:
    """Where the model is right but for counts being whole: never too seldom, and hardly too often."""
    random = np.random.default_rng(1)
    mean = level * random.uniform(0.5, 1.5, 20_000)
    came = random.poisson(mean).astype(np.float64)
    widths = learnt_from(mean[:10_000], mean[:10_000], came[:10_000])
    found = held(widths, mean[10_000:], mean[10_000:], came[10_000:], share)
    assert share - 0.015 <= found <= share + (0.03 if level > 1 else 0.1)


@pytest.mark.parametrize("share", SHARES)
def test_what_strays_twice_as_far_as_the_model_says_has_a_wider_band(share: float) -> None:
    random = np.random.default_rng(2)
    mean = random.uniform(50, 200, 8_000)
    came = np.maximum(0.0, random.normal(mean, 2 * np.sqrt(mean)))
    assert held(BandWidths(), mean, mean, came, share) < share - 0.05
    widths = learnt_from(mean[:4_000], mean[:4_000], came[:4_000])
    assert held(widths, mean[4_000:], mean[4_000:], came[4_000:], share) == pytest.approx(share, abs=0.02)


def test_kinds_and_sizes_are_told_apart() -> None:
    few, many = np.full(3_000, 3.0), np.full(3_000, 300.0)
    came = np.random.default_rng(3).normal(300.0, 70.0, 3_000)
    widths = learnt_from(many, many, came)
    unlearnt = BandWidths()
    for kind, mean, wider in (("orders", many, True), ("orders", few, False), ("refunds", many, False)):
        now = widths.deviations(kind, mean, mean, 0.95)
        assert (now > unlearnt.deviations(kind, mean, mean, 0.95)).all() == wider


def test_what_was_learnt_fades_until_the_model_counts_again() -> None:
    mean = np.full(3_000, 100.0)
    widths = learnt_from(mean, mean, np.random.default_rng(4).normal(100.0, 40.0, 3_000))
    before = BandWidths().deviations("orders", mean, mean, 0.95)[0]
    wide = widths.deviations("orders", mean, mean, 0.95)[0]
    widths.fade(70.0)
    assert wide > 2 * before
    assert before <= widths.deviations("orders", mean, mean, 0.95)[0] < 1.2 * before


def test_where_nothing_is_expected_nothing_is_in_the_band() -> None:
    nothing = np.zeros(4)
    widths = learnt_from(nothing, nothing, np.array([0.0, 0.0, 9.0, 0.0]))
    low, high = band(nothing, nothing, widths.deviations("orders", nothing, nothing, 0.98))
    assert not low.any()
    assert not high.any()
