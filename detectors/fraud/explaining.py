"""A score made again from what was kept of it: its features and the version of the model."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.errors import FeaturesRefused, ModelRefused
from detectors.fraud.amounts import AmountTables
from detectors.fraud.champions import COLD_START, Champions, Verdict
from detectors.fraud.counterfactual import Counterfactual, largest_passing
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from schemas.model import Model
from schemas.score import Score

__all__ = ["AGREEMENT", "Explained", "explained"]

AGREEMENT = 1e-6
"""Score, threshold and log odds may differ so much."""


class Explained(NamedTuple):
    """What a score record says, made again.

    Parameters
    ----------
    verdict
        As a worker would say it today.
    base
        Log odds before any feature is looked at.
    added
        Log odds that each feature adds, shape (n_features,); with `base` the log odds of the score.
    differences
        What differs from the record by more than 1e-6, in words; empty if all agrees.
    counterfactual
        None where the score lies under the threshold.

    """

    verdict: Verdict
    base: float
    added: NDArray[np.float64]
    differences: tuple[str, ...]
    counterfactual: Counterfactual | None


def explained(score: Score, models: Sequence[Model]) -> Explained:
    """Make a score again, its reasons, and the amount at which the payment would have passed.

    Parameters
    ----------
    score
        The record of a scored payment.
    models
        All that were published, in their order: the one that scored, what its trees are from, and those
        whose tables of amounts were valid.

    Raises
    ------
    FeaturesRefused
        The record holds no features, or those of another feature set than this program's.
    ModelRefused
        The model is not among those given, or cannot score here.

    """
    if score.payment is None or score.disposition != "scored" or score.model_version is None:
        raise FeaturesRefused("the payment was not scored")
    if score.feature_set != FEATURE_SET or len(score.features) != len(FEATURE_NAMES):
        raise FeaturesRefused(
            f"its {len(score.features)} features are of the set {score.feature_set}, "
            f"this version reads {FEATURE_SET}"
        )
    row = np.array(score.features)
    moment = score.payment.occurred_at
    if score.model_version == COLD_START:
        (verdict,) = Champions().score([moment], row[None])
        nothing = np.zeros(len(row))
        return Explained(verdict, 0.0, nothing, differences(score, verdict, nothing), None)
    model = chosen(score.model_version, models)
    champions = Champions()
    parent = next((one for one in models if one.version == model.trees_of), None)
    if parent is not None:
        champions.remember_trees(parent)
    champions.add(model)
    (verdict,) = champions.score([max(moment, model.valid_from)], row[None])
    scorer = champions.scorer_of(model)
    added = scorer.contributions(row[None])[0]
    found = None
    if verdict.score >= verdict.threshold:
        seconds = moment.timestamp()
        tables = tables_until(seconds, models)
        found = largest_passing(row, scorer, verdict.threshold, seconds, tables)
    return Explained(verdict, scorer.base, added, differences(score, verdict, added), found)


def chosen(version: str, models: Sequence[Model]) -> Model:
    """Pick a model; of two with one version the first, as workers do."""
    for model in models:
        if model.version == version:
            return model
    raise ModelRefused(version, f"it is not among the {len(models)} that are published")


def tables_until(seconds: float, models: Sequence[Model]) -> AmountTables:
    """Collect the tables of amounts that were valid at a time."""
    tables = AmountTables()
    for model in models:
        start = model.valid_from.timestamp()
        if model.amounts is not None and start <= seconds:
            tables.add(model.version, start, model.amounts)
    return tables


def differences(score: Score, verdict: Verdict, added: NDArray[np.float64]) -> tuple[str, ...]:
    """Say what a record says otherwise."""
    found = []
    for name, before, now in (
        ("score", score.score, verdict.score),
        ("threshold", score.threshold, verdict.threshold),
    ):
        if not near(inf if before is None else before, now):
            found.append(f"{name} was {before}, is {now:.9f}")
    if len(score.reasons) != len(verdict.reasons):
        found.append(f"{len(score.reasons)} reasons were given, {len(verdict.reasons)} are found")
    for reason, again in zip(score.reasons, verdict.reasons, strict=False):
        if reason.feature not in FEATURE_NAMES:
            found.append(f"{reason.feature} is no feature")
            continue
        place = FEATURE_NAMES.index(reason.feature)
        if not near(reason.value, score.features[place]):
            found.append(f"{reason.feature} was {reason.value}, the features say {score.features[place]}")
        if not near(reason.contribution, float(added[place])):
            found.append(f"{reason.feature} added {reason.contribution:.9f}, adds {added[place]:.9f}")
        elif not near(reason.contribution, again.contribution):
            found.append(f"{reason.feature} was among the strongest, {again.feature} is")
    return tuple(found)


def near(one: float, other: float) -> bool:
    """Whether two numbers agree."""
    return abs(one - other) <= AGREEMENT
