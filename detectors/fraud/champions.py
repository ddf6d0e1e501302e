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

__all__ = ["BASE_RATE", "COLD_START", "REASONS", "Champions", "Contribution", "LogisticScorer", "Scores"]
__all__ += ["Verdict"]

COLD_START = "cold-start"
"""Version named by scores from before the first model was valid: base rate, approve, no reasons."""

BASE_RATE = 0.01
"""Score of a cold start: about the share of fraud among online card payments. Chosen, not tuned."""

SAMPLE_TOLERANCE = 1e-9
"""Trainer and reader compute in the same precision; what differs more than by rounding is another model."""

REASONS = 3
"""Named at most per payment."""


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


class Scores(NamedTuple):
    """What models say about a batch, as columns; row i is about payment i.

    Parameters
    ----------
    scores
        Probability of fraud in [0, 1], shape (n_payments,).
    models
        Which of `versions` scored it, and by which of `thresholds`, shape (n_payments,).
    strongest
        The features that add the most log odds, the strongest first, as columns of the features, and what
        they add; shape (n_payments, 3). What adds nothing or less is no reason.

    """

    scores: NDArray[np.float64]
    models: NDArray[np.int64]
    versions: Sequence[str]
    thresholds: Sequence[float]
    strongest: NDArray[np.int64]
    added: NDArray[np.float64]

    def only(self, places: NDArray[np.int64]) -> "Scores":
        """Give those of some payments."""
        return self._replace(
            scores=self.scores[places],
            models=self.models[places],
            strongest=self.strongest[places],
            added=self.added[places],
        )

    def verdicts(self, features: NDArray[np.float64]) -> list[Verdict]:
        """Spell out each, with the features they were made from."""
        return [
            Verdict(
                score,
                self.thresholds[model],
                "review" if score >= self.thresholds[model] else "approve",
                tuple(
                    Contribution(FEATURE_NAMES[column], row[column], odds)
                    for column, odds in zip(columns, added, strict=True)
                    if odds > 0
                ),
                self.versions[model],
            )
            for score, model, row, columns, added in zip(
                self.scores.tolist(),
                self.models.tolist(),
                features.tolist(),
                self.strongest.tolist(),
                self.added.tolist(),
                strict=True,
            )
        ]


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

    Cost: about .5 µs a payment in batches of 100 or more; 4 more to spell out verdicts.
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
        """Score payments made at these times and spell out each verdict; see `score_batch`."""
        seconds = np.array([moment.timestamp() for moment in times], np.float64)
        return self.score_batch(seconds, features).verdicts(features)

    def score_batch(self, seconds: NDArray[np.float64], features: NDArray[np.float64]) -> Scores:
        """Score a batch; changes nothing.

        Parameters
        ----------
        seconds
            When each payment was made, since 1970.
        features
            Shape (n_payments, 15), as `FraudDetector.observe` returns them.

        Raises
        ------
        FeaturesRefused
            Rows that are not as many as the times, not 15 wide, or not finite.

        """
        count = len(seconds)
        if features.shape != (count, len(FEATURE_NAMES)):
            raise FeaturesRefused(
                f"features have the shape {features.shape}, expected {(count, len(FEATURE_NAMES))}"
            )
        if not np.isfinite(features).all():
            raise FeaturesRefused("features must be finite numbers")
        valid = np.searchsorted(self._starts, seconds, side="right")
        used = np.unique(valid).tolist()
        scored = Scores(
            np.full(count, BASE_RATE),
            np.searchsorted(used, valid),
            [self._versions[place - 1] if place else COLD_START for place in used],
            [self._scorer(place).model.threshold if place else 1.0 for place in used],
            np.zeros((count, REASONS), np.int64),
            np.zeros((count, REASONS)),
        )
        for place in filter(None, used):
            rows = slice(None) if len(used) == 1 else valid == place
            scorer = self._scorer(place)
            contributions = scorer.contributions(features[rows])
            scored.scores[rows] = scorer.scores(contributions)
            scored.strongest[rows], scored.added[rows] = strongest(contributions)
        return scored

    def _scorer(self, place: int) -> LogisticScorer:
        return self._scorers[self._versions[place - 1]]


def strongest(contributions: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the columns of the largest contributions of each row, and these."""
    # Three times the largest is a third of the cost of sorting.
    rows = np.arange(len(contributions))
    left = contributions.copy()
    top = np.empty((len(rows), REASONS), np.int64)
    for rank in range(REASONS):
        top[:, rank] = left.argmax(axis=1)
        left[rows, top[:, rank]] = -np.inf
    return top, contributions[rows[:, None], top]
