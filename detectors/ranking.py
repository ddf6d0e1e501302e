"""How well scores rank: the measures of the card-fraud literature, weighted and with ties."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ranking"]


class Ranking:
    """Scores sorted once, measured under any weights.

    Parameters
    ----------
    scores
        Shape (n,), high is suspicious.
    frauds
        Shape (n,), what came out.

    References
    ----------
    Average precision is Σ (recall step × precision) over distinct scores, without interpolation; the area
    under the ROC curve counts a tie as half.

    """

    def __init__(self, scores: NDArray[np.float64], frauds: NDArray[np.bool_]) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._frauds = frauds[self._order]
        descending = scores[self._order]
        self._last_of_tie = np.append(np.flatnonzero(descending[1:] != descending[:-1]), len(scores) - 1)

    def average_precision(self, weights: NDArray[np.float64] | None = None) -> float:
        """Average precision in [0, 1]; 0 without any fraud."""
        found, seen = self._cumulated(weights)
        if not found[-1]:
            return 0.0
        # Weights of 0 may come first, and 0 found of 0 seen is no precision at all.
        precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
        return float(np.sum(np.diff(found, prepend=0.0) * precision) / found[-1])

    def area_under_roc(self, weights: NDArray[np.float64] | None = None) -> float:
        """Chance that a fraud ranks above a genuine payment; .5 where one kind is missing."""
        found, seen = self._cumulated(weights)
        genuine = seen - found
        if not found[-1] or not genuine[-1]:
            return 0.5
        return float(np.trapezoid(np.append(0, found), np.append(0, genuine)) / found[-1] / genuine[-1])

    def _cumulated(
        self, weights: NDArray[np.float64] | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weight of frauds and of all down to each distinct score."""
        ordered = np.ones(len(self._order)) if weights is None else weights[self._order]
        found = np.cumsum(np.where(self._frauds, ordered, 0.0))
        return found[self._last_of_tie], np.cumsum(ordered)[self._last_of_tie]
