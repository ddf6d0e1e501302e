"""Models that score, each from its time on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.errors import FeaturesRefused, ModelRefused
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.fraud.scorers import BlendScorer, LogisticScorer, Scorer
from detectors.fraud.standing import timeline
from detectors.fraud.trees import TreeScorer
from schemas.model import CHAMPION_LINE, Model
from schemas.promotion import Promotion
from schemas.score import Decision

__all__ = ["BASE_RATE", "COLD_START", "REASONS", "Champions", "Contribution", "Scores", "Verdict"]

COLD_START = "cold-start"
"""Version named by scores from before the first model was valid: base rate, approve, no reasons."""

BASE_RATE = 0.01
"""Score of a cold start: about the share of fraud among online card payments. Chosen, not tuned."""

SAMPLE_TOLERANCE = 1e-9
"""Trainer and reader compute in the same precision; what differs more than by rounding is another model."""

REASONS = 3
"""Named at most per payment."""

EXPLAINED = 0.5
"""From this share of the threshold on a score has reasons: those below are approved without a second look."""

KEPT_SECONDS = 45 * 86_400.0
"""No payment that can still come was made before: the retention of `transactions`."""


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
        they add; shape (n_payments, 3). What adds nothing or less is no reason. Zeros where the score is
        below half the threshold.

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


class Champions:
    """Models that were published, and decisions about them: who scores a payment made at which time.

    Without a decision it is the newest model of a line that was valid at the payment's time, so catching up
    gives the scores that being on time would have given. Models that no payment of the last 45 days can need
    are forgotten, their trees are not: later models may use them.

    Parameters
    ----------
    line
        What scores until another line is promoted.

    Cost: about 3 µs a payment in batches of 100 or more with trees, .7 without; 4 more to spell out verdicts.
    """

    def __init__(self, line: str = CHAMPION_LINE) -> None:
        self._line = line
        self._models: dict[str, Model] = {}
        self._scorers: dict[str, Scorer] = {}
        self._trees: dict[str, TreeScorer] = {}
        self._promotions: dict[str, Promotion] = {}
        # The moments, in seconds since 1970, and the version that scores from each on; made when asked for.
        self._starts = np.empty(0)
        self._versions: list[str] = []
        self._is_current = True

    def __len__(self) -> int:
        """Count the models."""
        return len(self._models)

    def promote(self, promotion: Promotion) -> None:
        """Take in a decision; one about a model that is not known, or a rewind, changes nothing."""
        self._promotions[promotion.key] = promotion
        self._is_current = False

    def add(self, model: Model) -> None:
        """Take in a model; one that is already there changes nothing.

        Raises
        ------
        ModelRefused
            Another feature set, numbers that are not finite, the version of another model, or a sample that
            is scored differently here.

        """
        known = self._models.get(model.version)
        if known is not None:
            if known != model:
                raise ModelRefused(model.version, "the version is taken by another model")
            return
        scorer = self.scorer_of(model)
        for number, sample in enumerate(model.samples):
            score = scorer.scores(np.array([sample.features]))[0]
            if not abs(score - sample.score) <= SAMPLE_TOLERANCE:
                raise ModelRefused(
                    model.version, f"sample {number} scores {score:.9f} here, {sample.score:.9f} expected"
                )
        self._models[model.version] = model
        self._scorers[model.version] = scorer
        if model.trees is not None and isinstance(scorer, BlendScorer) and scorer.trees is not None:
            self._trees[model.version] = scorer.trees
        self._is_current = False

    def rescore(self, version: str, features: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Give the scores of rows by one model; None if it is not known any more."""
        scorer = self._scorers.get(version)
        return None if scorer is None else scorer.scores(features)

    def with_tables(self, take_table: Callable[[Model], None]) -> Callable[[Model], None]:
        """Make what takes in a model and, if it was not refused, hands on its table of amounts."""

        def take(model: Model) -> None:
            self.add(model)
            take_table(model)

        return take

    def remember_trees(self, model: Model) -> None:
        """Keep the trees of a model that does not score here, for those that use them.

        Raises
        ------
        ModelRefused
            They do not fit together.

        """
        if model.trees is not None and model.feature_set == FEATURE_SET:
            self._trees[model.version] = TreeScorer(model.version, model.trees, len(FEATURE_NAMES))

    def scorer_of(self, model: Model) -> Scorer:
        """Make what scores as a model says, without taking it in.

        Raises
        ------
        ModelRefused
            Another feature set, a part that does not fit or is not finite, or trees of a model that is not
            known here.

        """
        if model.feature_set != FEATURE_SET or model.features != FEATURE_NAMES:
            raise ModelRefused(model.version, f"feature set {model.feature_set}, expected {FEATURE_SET}")
        if not np.isfinite((*model.means, model.threshold)).all():
            raise ModelRefused(model.version, "a mean or the threshold is not finite")
        if model.kind == "logistic":
            return LogisticScorer(model)
        trees = None
        if model.trees is not None:
            trees = TreeScorer(model.version, model.trees, len(model.features))
        elif model.trees_of is not None:
            trees = self._trees.get(model.trees_of)
            if trees is None:
                raise ModelRefused(model.version, f"the trees of {model.trees_of} are not known")
        return BlendScorer(model, trees)

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
            Shape (n_payments, n_features), as `FraudDetector.observe` returns them.

        Raises
        ------
        FeaturesRefused
            Rows that are not as many as the times, of another width, or not finite.

        """
        count = len(seconds)
        if features.shape != (count, len(FEATURE_NAMES)):
            raise FeaturesRefused(
                f"features have the shape {features.shape}, expected {(count, len(FEATURE_NAMES))}"
            )
        if not np.isfinite(features).all():
            raise FeaturesRefused("features must be finite numbers")
        if not self._is_current:
            self._decide()
        valid = self._starts.searchsorted(seconds, side="right")
        alone = count > 0 and bool((valid == valid[0]).all())  # nearly always, and much cheaper to find out
        used = [int(valid[0])] if alone else np.unique(valid).tolist()
        scored = Scores(
            np.full(count, BASE_RATE),
            np.zeros(count, np.int64) if alone else np.searchsorted(used, valid),
            [self._versions[place - 1] if place else COLD_START for place in used],
            [self._model(place).threshold if place else 1.0 for place in used],
            np.zeros((count, REASONS), np.int64),
            np.zeros((count, REASONS)),
        )
        for place in filter(None, used):
            version = self._versions[place - 1]
            scorer, rows = self._scorers[version], np.flatnonzero(valid == place)
            chosen = features if len(used) == 1 else features[rows]
            scores = scored.scores[rows] = scorer.scores(chosen)
            explained = np.flatnonzero(scores >= EXPLAINED * self._model(place).threshold)
            if len(explained):
                contributions = scorer.contributions(chosen[explained])
                scored.strongest[rows[explained]], scored.added[rows[explained]] = strongest(contributions)
        return scored

    def _decide(self) -> None:
        """Work out who scores from when, and forget what no payment can need."""
        steps = timeline(self._models, list(self._promotions.values()), self._line)
        newest = max((one.valid_from.timestamp() for one in self._models.values()), default=0.0)
        cut = newest - KEPT_SECONDS
        while len(steps) > 1 and steps[1][0] < cut:
            del steps[0]
        self._starts = np.array([begin for begin, _ in steps], np.float64)
        self._versions = [standing.version or COLD_START for _, standing in steps]
        needed = {*self._versions, *(one.version for one in self._promotions.values())}
        for version, model in list(self._models.items()):
            if model.valid_from.timestamp() < cut and version not in needed:
                del self._models[version], self._scorers[version]
        self._is_current = True

    def _model(self, place: int) -> Model:
        return self._models[self._versions[place - 1]]


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
