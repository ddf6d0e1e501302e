"""What makes a score of a row of features, by the kind of model."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.errors import ModelRefused
from detectors.fraud.blend_loops import blend_rows
from detectors.fraud.calibration import calibrated, probability
from detectors.fraud.trees import TreeScorer
from detectors.fraud.two_causes import TwoCauseModel
from schemas.model import Model

__all__ = ["BlendScorer", "LogisticScorer", "Scorer", "mixed"]

STILL = 1e-6
"""Log odds by which features that cancel each other do not count as having moved anything."""


NOTHING = np.empty(0)
"""What a part says that is not there."""


class Scorer(Protocol):
    """Scores rows; each by itself, so that a payment's score does not depend on its neighbours."""

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of fraud, shape (n,)."""

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the log odds that each feature adds, shape (n, n_features); with `base` it is all."""

    @property
    def base(self) -> float:
        """The log odds before any feature is looked at."""


class LogisticScorer:
    """A logistic regression over standardised features, as arrays."""

    def __init__(self, model: Model) -> None:
        self.base = model.bias
        self._means = np.array(model.means)
        self._slopes = np.array(model.weights) / np.array(model.scales)
        if not (np.isfinite([self.base]).all() and np.isfinite([self._means, self._slopes]).all()):
            raise ModelRefused(model.version, "a mean, scale, weight or the bias is not finite")

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the log odds that each feature adds."""
        return np.asarray((features - self._means) * self._slopes, np.float64)

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of fraud; each row is summed in the same order whatever the batch."""
        log_odds = np.full(len(features), self.base)
        for column in self.contributions(features).T:
            log_odds += column
        return probability(log_odds)


class BlendScorer:
    """Log odds of trees and of the two-cause model, mixed and calibrated.

    Parameters
    ----------
    model
        Its parts; nothing in it is run.
    trees
        Its own or those it uses.

    """

    def __init__(self, model: Model, trees: TreeScorer | None) -> None:
        self.trees = trees
        self.two_causes: TwoCauseModel | None = None
        if model.two_causes is not None:
            self.two_causes = TwoCauseModel.of_part(model.version, model.two_causes, len(model.features))
        self._share = model.trees_share
        self._calibration = model.calibration
        beta = model.calibration
        self._beta = np.array([] if beta is None else [beta.a, beta.b, beta.c], np.float64)

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of fraud."""
        online = NOTHING if self.two_causes is None else self.two_causes.score(features)
        batch = NOTHING if self.trees is None else self.trees.log_odds(features)
        share = self._share if self.two_causes and self.trees else float(self.two_causes is None)
        out = np.empty(len(features))
        blend_rows(online, batch, share, self._beta, out)
        return out

    @property
    def base(self) -> float:
        """The log odds before any feature is looked at."""
        return float(calibrated(np.array([self._start()]), self._calibration)[0])

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what each feature adds: in the parts' shares, stretched as calibration stretches the sum."""
        found = np.zeros(features.shape)
        if self.trees is not None:
            found += (self._share if self.two_causes else 1.0) * self.trees.contributions(features)
        if self.two_causes is not None:
            found += (1 - self._share if self.trees else 1.0) * self.two_causes.contributions(features)
        start = self._start()
        moved = found.sum(axis=1)
        moved[np.abs(moved) < STILL] = STILL
        after = calibrated(start + moved, self._calibration)
        found *= ((after - calibrated(np.array([start]), self._calibration)) / moved)[:, None]
        return found

    def _start(self) -> float:
        """Give the base before calibration."""
        online = None if self.two_causes is None else np.array([self.two_causes.base])
        batch = None if self.trees is None else np.array([self.trees.base])
        return float(mixed(online, batch, self._share)[0])


def mixed(
    online: NDArray[np.float64] | None, batch: NDArray[np.float64] | None, trees_share: float
) -> NDArray[np.float64]:
    """Mix log odds, or give those that are there."""
    if online is None or batch is None:
        one = batch if online is None else online
        if one is None:
            raise ValueError("neither part of a blend is there")
        return one
    return np.asarray(trees_share * batch + (1 - trees_share) * online, np.float64)
