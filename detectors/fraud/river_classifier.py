"""The online model as River knows classifiers, for its pipelines and metrics."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from river import base

from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.two_causes import TwoCauseModel

__all__ = ["TwoCauseClassifier"]


class TwoCauseClassifier(base.Classifier):
    """One payment at a time: the same steps as in batches, at twenty times the cost.

    Features that are missing count as 0, others than those of `FEATURES` are ignored.

    Examples
    --------
    >>> classifier = TwoCauseClassifier()
    >>> classifier.learn_one({"amount": 900.0}, True)
    >>> classifier.predict_one({"amount": 900.0}) in (True, False)
    True

    """

    def __init__(self) -> None:
        self.model = TwoCauseModel()

    def learn_one(self, x: dict[Hashable, Any], y: bool | str | int) -> None:
        """Take one step of AdaGrad."""
        self.model.learn(row_of(x), np.array([bool(y)]))

    def predict_proba_one(self, x: dict[Hashable, Any], **_: Any) -> dict[bool | str | int, float]:
        """Give the probability of both verdicts."""
        score = float(self.model.score(row_of(x))[0])
        return {False: 1 - score, True: score}

    @property
    def _multiclass(self) -> bool:
        return False


def row_of(x: Mapping[Hashable, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Put features in their order; raises ValueError if one is not finite."""
    row = np.array([[x.get(name, 0.0) for name in FEATURE_NAMES]], np.float64)
    if not np.isfinite(row).all():
        raise ValueError("a feature is not a finite number; one such would spoil the model for good")
    return row
