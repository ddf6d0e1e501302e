"""Models that score, each from its time on."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.errors import FeaturesRefused, ModelRefused
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from schemas.model import Model
from schemas.score import Decision

__all__ = ["BASE_RATE", "COLD_START", "Champions", "Contribution", "LogisticScorer", "Verdict"]

COLD_START = "cold-start"
"""Version named by scores from before the first model was valid: base rate, approve, no reasons."""

BASE_RATE = 0.01
"""Score of a cold start: about the share of fraud among online card payments. Chosen, not tuned."""

SAMPLE_TOLERANCE = 1e-9
"""Trainer and reader compute in the same precision; what differs more than by rounding is another model."""

REASONS = 3


class Contribution(NamedTuple):
    """A reason, with the fields of `schemas.score.Reason`; a third of its cost."""

    feature: str
    value: float
    contribution: float


class Verdict(NamedTuple):
    """What a model says about one payment: score in [0, 1], high is suspicious."""

    score: float
    threshold: float
    decision: Decision
    reasons: tuple[Contribution, ...]
    model_version: str


class LogisticScorer:
    """A logistic regression over standardised features, as arrays.

    Parameters
    ----------
    model
        Its means, scales, weights and bias; nothing in it is run.

    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._means = np.array(model.means)
        self._slopes = np.array(model.weights) / np.array(model.scales)

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds that each feature adds, shape (n_payments, n_features)."""
        return np.asarray((features - self._means) * self._slopes, np.float64)

    def scores(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of fraud, shape (n_payments,).

        Each row is summed in the same order whatever the size of the batch, so that a payment's score does
        not depend on its neighbours, not even in the last digit.
        """
        log_odds = np.full(len(contributions), self.model.bias)
        for column in contributions.T:
            log_odds += column
        # Beyond ±700 the exponential overflows, and the probability is 0 or 1 long before.
        return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))), np.float64)


class Champions:
    """Every model that was published; a payment is scored by the newest that was valid at its time.

    Catching up therefore gives the scores that being on time would have given. Models are kept for ever, as
    their topic is (2 KB each).

    Cost: about 4 µs a payment in batches of 100 or more, most of it for the reasons.
    """

    def __init__(self) -> None:
        self._scorers: dict[str, LogisticScorer] = {}
        # Sorted by valid_from: the moments, in seconds since 1970, and the versions.
        self._starts: list[float] = []
        self._versions: list[str] = []

    def __len__(self) -> int:
        """Count the models."""
        return len(self._starts)

    def add(self, model: Model) -> None:
        """Take in a model; one that is already there changes nothing.

        Raises
        ------
        ModelRefused
            Another feature set, numbers that are not finite, the version of another model, or a sample that
            is scored differently here.

        """
        known = self._scorers.get(model.version)
        if known is not None:
            if known.model != model:
                raise ModelRefused(model.version, "the version is taken by another model")
            return
        if model.feature_set != FEATURE_SET or model.features != FEATURE_NAMES:
            raise ModelRefused(model.version, f"feature set {model.feature_set}, expected {FEATURE_SET}")
        numbers = (*model.means, *model.scales, *model.weights, model.bias, model.threshold)
        if not np.isfinite(numbers).all():
            raise ModelRefused(model.version, "a mean, scale, weight or the bias is not finite")
        scorer = LogisticScorer(model)
        for number, sample in enumerate(model.samples):
            score = scorer.scores(scorer.contributions(np.array([sample.features])))[0]
            if not abs(score - sample.score) <= SAMPLE_TOLERANCE:
                raise ModelRefused(
                    model.version, f"sample {number} scores {score:.9f} here, {sample.score:.9f} expected"
                )
        self._scorers[model.version] = scorer
        start = model.valid_from.timestamp()
        # Of two that are valid from the same moment the later version scores.
        place = bisect_right(self._starts, start)
        while place and self._starts[place - 1] == start and self._versions[place - 1] > model.version:
            place -= 1
        self._starts.insert(place, start)
        self._versions.insert(place, model.version)

    def score(self, times: Sequence[datetime], features: NDArray[np.float64]) -> list[Verdict]:
        """Score a batch; changes nothing.

        Parameters
        ----------
        times
            When each payment was made.
        features
            Shape (n_payments, 15), as `FraudDetector.observe` returns them.

        Raises
        ------
        FeaturesRefused
            Rows that are not as many as the times, not 15 wide, or not finite.

        """
        if features.shape != (len(times), len(FEATURE_NAMES)):
            raise FeaturesRefused(
                f"features have the shape {features.shape}, expected {(len(times), len(FEATURE_NAMES))}"
            )
        if not np.isfinite(features).all():
            raise FeaturesRefused("features must be finite numbers")
        if not times:
            return []
        starts = self._starts
        oldest = bisect_right(starts, min(times).timestamp())
        if oldest == bisect_right(starts, max(times).timestamp()):
            return self._verdicts(oldest, features)
        valid = [bisect_right(starts, moment.timestamp()) for moment in times]
        verdicts: list[Verdict] = [UNKNOWN] * len(times)
        places = np.array(valid)
        for version in sorted(set(valid)):
            rows = np.flatnonzero(places == version)
            for row, verdict in zip(rows.tolist(), self._verdicts(version, features[rows]), strict=True):
                verdicts[row] = verdict
        return verdicts

    def _verdicts(self, valid: int, features: NDArray[np.float64]) -> list[Verdict]:
        if valid == 0:
            return [UNKNOWN] * len(features)
        version = self._versions[valid - 1]
        scorer = self._scorers[version]
        threshold = scorer.model.threshold
        contributions = scorer.contributions(features)
        scores = scorer.scores(contributions).tolist()
        # Three times the largest is a third of the cost of sorting.
        rows = np.arange(len(features))
        left = contributions.copy()
        top = np.empty((len(features), REASONS), np.int64)
        for rank in range(REASONS):
            top[:, rank] = left.argmax(axis=1)
            left[rows, top[:, rank]] = -np.inf
        rows = rows[:, None]
        return [
            Verdict(
                score,
                threshold,
                "review" if score >= threshold else "approve",
                reasons(columns, values, added),
                version,
            )
            for score, columns, values, added in zip(
                scores,
                top.tolist(),
                features[rows, top].tolist(),
                contributions[rows, top].tolist(),
                strict=True,
            )
        ]


UNKNOWN = Verdict(BASE_RATE, 1.0, "approve", (), COLD_START)


def reasons(columns: list[int], values: list[float], added: list[float]) -> tuple[Contribution, ...]:
    """Name the features that make a payment more suspicious, the strongest first."""
    return tuple(
        Contribution(FEATURE_NAMES[column], value, odds)
        for column, value, odds in zip(columns, values, added, strict=True)
        if odds > 0
    )
