"""Makes of a score a probability, without changing the order of payments."""

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.blend_loops import LIMIT
from schemas.model import Calibration

__all__ = ["calibrated", "fit_calibration", "log_odds_of", "probability", "reliability"]

STEPS = 30
FEWEST = 30
"""Frauds below which nothing is calibrated. Chosen, not tuned."""


def log_odds_of(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn probabilities into log odds."""
    kept = np.clip(scores, 1e-15, 1 - 1e-15)
    return np.asarray(np.log(kept) - np.log1p(-kept), np.float64)


def probability(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn log odds into probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))), np.float64)


def logs(log_odds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give ln p and −ln(1 − p)."""
    kept = np.clip(log_odds, -LIMIT, LIMIT)
    return -np.log1p(np.exp(-kept)), np.log1p(np.exp(kept))


def calibrated(log_odds: NDArray[np.float64], calibration: Calibration | None) -> NDArray[np.float64]:
    """Apply a calibration to log odds; strictly rising."""
    if calibration is None:
        return log_odds
    first, second = logs(log_odds)
    return calibration.a * first + calibration.b * second + calibration.c


def fit_calibration(
    log_odds: NDArray[np.float64], frauds: NDArray[np.bool_], weights: NDArray[np.float64] | None = None
) -> Calibration | None:
    """Fit beta calibration: a logistic regression on ln p and −ln(1 − p), leaning on no change.

    Parameters
    ----------
    log_odds
        Of payments that the model had not learnt when it scored them.
    frauds
        What they were.
    weights
        How many payments each stands for; None = itself.

    Returns
    -------
    Calibration or None
        None if there are too few frauds to say.

    References
    ----------
    Kull, Silva Filho, Flach: Beta calibration, AISTATS 2017.

    """
    if frauds.sum() < FEWEST or frauds.all():
        return None
    first, second = logs(log_odds)
    columns = np.stack([first, second, np.ones(len(first))], axis=1)
    counted = np.ones(len(first)) if weights is None else weights
    start = np.array([1.0, 1.0, 0.0])
    found = start.copy()
    for _ in range(STEPS):
        chances = probability(columns @ found)
        gradient = columns.T @ (counted * (chances - frauds)) + (found - start)
        curvature = (columns * (counted * chances * (1 - chances))[:, None]).T @ columns + np.eye(3)
        step = np.linalg.solve(curvature, gradient)
        found -= step
        found[:2] = np.maximum(found[:2], 0.05)
        if np.abs(step).max() < 1e-9:
            break
    a, b, c = found.tolist()
    return Calibration(a=a, b=b, c=c)


def reliability(
    scores: NDArray[np.float64], frauds: NDArray[np.bool_], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Compare what was said with what came: mean score, share of fraud and payments, by tenths of log odds.

    Bins hold equally many frauds, so that the rare high scores are seen.
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.searchsorted(np.cumsum(frauds[order]), np.arange(1, bins + 1) * (frauds.sum() / bins))
    found = []
    start = 0
    for end in ends.tolist():
        rows = order[start : end + 1]
        if len(rows):
            found.append((float(scores[rows].mean()), float(frauds[rows].mean()), len(rows)))
        start = end + 1
    return found
