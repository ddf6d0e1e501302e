"""The online model: either the card or the terminal is the cause of a fraud."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.errors import ModelRefused
from detectors.fraud import two_cause_loops as loops
from detectors.fraud.bins import CARD_TERMS, EDGES, TERMINAL_TERMS
from schemas.model import TwoCauses

__all__ = ["TwoCauseModel"]

RATE, PENALTY = 0.2, 1e-3
FIRST_SQUARE = 0.01
FIRST_BIAS = -4.0
"""Over the six weeks before the test week of the card-fraud data rates of .2 and .3 gave an average precision
.002 above that of .1; penalties from 1e-4 to 3e-3 lie within .001."""


class TwoCauseModel:
    """1 − (1 − σ(card)) · (1 − σ(terminal)), learnt by AdaGrad one payment at a time.

    Each cause adds up one weight per bin of each of its features and per cell of pairs of them.

    Parameters
    ----------
    edges
        Per feature, where its bins begin; at most 25, rising.
    terms
        Columns of the features: one and −1, or two that are crossed; the card's come first.
    card_terms
        How many are the card's.

    Cost: .5 µs to learn or score a payment in batches of 100 or more. Memory: 8 bytes a weight, about 5,000.

    """

    def __init__(
        self,
        edges: Sequence[Sequence[float]] = EDGES,
        terms: Sequence[tuple[int, int]] = (*CARD_TERMS, *TERMINAL_TERMS),
        card_terms: int = len(CARD_TERMS),
    ) -> None:
        self._said = tuple(map(tuple, edges)), tuple(terms), card_terms
        self._edges = np.full((len(edges), loops.FINE - 1), np.inf)
        for row, one in zip(self._edges, edges, strict=True):
            row[: len(one)] = one
        sizes = [loops.FINE if second < 0 else loops.COARSE**2 for _, second in terms]
        starts = np.cumsum([0, *sizes])
        self._terms = np.array(
            [(first, second, start) for (first, second), start in zip(terms, starts, strict=False)], np.int64
        )
        self._split = card_terms
        self.weights = np.zeros(int(starts[-1]))
        self._squares = np.full(len(self.weights), FIRST_SQUARE)
        self.biases = np.full(2, FIRST_BIAS)
        self._bias_squares = np.full(2, FIRST_SQUARE)

    def score(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of fraud of each row; changes nothing."""
        out = np.empty(len(features))
        loops.score_rows(self._places(features), self._split, self.weights, self.biases, out)
        return out

    def learn(self, features: NDArray[np.float64], frauds: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Learn rows one after the other; give what each scored just before."""
        memory = (self.weights, self._squares, self.biases, self._bias_squares)
        before = np.empty(len(features))
        places = self._places(features)
        loops.learn_rows(places, frauds, self._split, memory, (RATE, PENALTY), before)
        return before

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what each feature adds to the log odds of the likelier cause; a cross counts half for each."""
        out = np.zeros(features.shape)
        places = self._places(features)
        loops.explain_rows(places, self._terms, self._split, self.weights, self.biases, out)
        return out

    def _places(self, features: NDArray[np.float64]) -> NDArray[np.int32]:
        places = np.empty((len(features), len(self._terms)), np.int32)
        loops.fill_places(features, self._edges, self._terms, places)
        return places

    def part(self) -> TwoCauses:
        """Write the model down; weights are rounded to 32 bits."""
        edges, terms, card_terms = self._said
        card, terminal = self.biases.tolist()
        return TwoCauses(
            edges=edges,
            terms=terms,
            card_terms=card_terms,
            weights=self.weights.astype("<f4").tobytes(),
            biases=(card, terminal),
        )

    @classmethod
    def of_part(cls, version: str, part: TwoCauses, width: int) -> "TwoCauseModel":
        """Read a model.

        Raises
        ------
        ModelRefused
            It does not fit together, or a number is not finite.

        """
        columns = [column for term in part.terms for column in term]
        if (
            len(part.edges) != width
            or any(len(one) >= loops.FINE or list(one) != sorted(set(one)) for one in part.edges)
            or not part.card_terms <= len(part.terms)
            or min(columns) < -1
            or min(first for first, _ in part.terms) < 0
            or max(columns) >= width
        ):
            raise ModelRefused(version, "its bins or terms do not fit the features")
        model = cls(part.edges, part.terms, part.card_terms)
        if len(part.weights) != 4 * len(model.weights):
            raise ModelRefused(version, f"it has {len(part.weights)} bytes of weights")
        model.weights = np.frombuffer(part.weights, "<f4").astype(np.float64)
        model.biases = np.array(part.biases)
        if not (np.isfinite(model.weights).all() and np.isfinite(model.biases).all()):
            raise ModelRefused(version, "a weight is not finite")
        return model
