"""At what amount the payment of an alert would have passed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.amounts import AmountTables
from detectors.fraud.champions import Champions
from detectors.fraud.counterfactual import largest_passing
from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.paid import Paid, feature_at
from schemas.alert import AlertCounterfactual

__all__ = ["WouldPass"]

AMOUNT = FEATURE_NAMES.index("amount")


class OneModel(NamedTuple):
    """Scores rows by one of the models."""

    champions: Champions
    version: str

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of fraud, shape (n,); 1 if the model is not known any more."""
        found = self.champions.rescore(self.version, features)
        return np.ones(len(features)) if found is None else found


class WouldPass:
    """Looks for the largest smaller amount at which the model would have let a payment pass.

    Parameters
    ----------
    champions, amounts
        The models, and the tables of amounts that came with them.

    Cost: 2 ms. It is asked once for each alert, and again when another of its payments is the worst.

    """

    def __init__(self, champions: Champions, amounts: AmountTables) -> None:
        self._champions = champions
        self._amounts = amounts

    def of(self, one: Paid) -> AlertCounterfactual | None:
        """Find it; None where the score did not stop the payment, or is of a model or features not known."""
        own = round(feature_at(one, AMOUNT) * 100)
        if one.ruling or not one.suspicious or not one.amount or own <= 0 or one.version is None:
            return None
        row, scorer = np.frombuffer(one.features).copy(), OneModel(self._champions, one.version)
        again = self._champions.rescore(one.version, row[None])
        if again is None or again[0] < one.threshold:
            return None
        found = largest_passing(row, scorer, one.threshold, one.seconds, self._amounts)
        passes = None if found.passes_minor is None else found.passes_minor * one.amount // own
        return AlertCounterfactual(event_id=one.event_id, passes_minor=passes, held=found.held)
