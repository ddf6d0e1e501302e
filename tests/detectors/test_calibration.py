"""Scores become probabilities, and no payment overtakes another."""

import numpy as np

from detectors.fraud.calibration import calibrated, fit_calibration, log_odds_of, probability, reliability

RANDOM = np.random.default_rng(6)
TRUE = RANDOM.normal(-4, 2, 40_000)
FRAUDS = RANDOM.random(40_000) < probability(TRUE)


def test_scores_that_are_too_sure_are_put_right() -> None:
    said = 2.5 * TRUE + 3
    found = fit_calibration(said, FRAUDS)
    assert found is not None
    after = calibrated(said, found)
    np.testing.assert_array_equal(np.argsort(after, kind="stable"), np.argsort(said, kind="stable"))
    for score, share, _ in reliability(probability(after), FRAUDS, bins=8):
        assert abs(score - share) < 0.05
    assert max(abs(score - share) for score, share, _ in reliability(probability(said), FRAUDS, bins=8)) > 0.1


def test_what_is_right_already_stays() -> None:
    found = fit_calibration(TRUE, FRAUDS)
    assert found is not None
    chosen = np.abs(TRUE) < 6
    np.testing.assert_allclose(
        probability(calibrated(TRUE, found))[chosen], probability(TRUE)[chosen], atol=0.04
    )


def test_too_few_frauds_say_nothing() -> None:
    assert fit_calibration(TRUE[:200], np.zeros(200, np.bool_)) is None
    np.testing.assert_array_equal(calibrated(TRUE, None), TRUE)


def test_certainty_stays_finite() -> None:
    assert np.isfinite(log_odds_of(np.array([0.0, 1.0]))).all()
    found = fit_calibration(np.concatenate([np.full(99, -800.0), np.full(99, 800.0)]), np.arange(198) >= 99)
    assert found is not None
    assert np.isfinite(calibrated(np.array([-800.0, 800.0]), found)).all()
