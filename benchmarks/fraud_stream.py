"""The card-fraud data through one trainer and the detectors that ship."""

from dataclasses import dataclass
from heapq import heappush

import numpy as np
from numpy.typing import NDArray

from benchmarks.scored_stream import ScoredStream
from detectors.fraud import payments as columns
from detectors.fraud.champions import COLD_START, Scores
from detectors.fraud.exploring import TerminalGaps, choose_cards
from detectors.fraud.feature_rows import feature_bytes
from detectors.fraud.online import OnlineTrainer

__all__ = ["BY_SCORE", "BY_VALUE", "FraudStream"]

BY_SCORE, BY_VALUE = 60, 40
"""Of the cards of a day that are looked at, how many by score and how many for what their answer would teach.
"""

VERDICT_HOUR = 8
"""When the verdicts of the day before are there, UTC."""

DAY = 86_400


@dataclass
class FraudStream(ScoredStream):
    """Scores with the models of one trainer.

    Parameters
    ----------
    trainer
        Learns and makes the models.
    analyst
        Whether 100 cards of each day are looked at, and known the next morning.
    features
        Is filled with those of all payments, if it is there.

    """

    trainer: OnlineTrainer
    analyst: bool = False
    features: list[NDArray[np.float32]] | None = None

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        super().__post_init__()
        self._gaps = TerminalGaps()
        self._labelled = np.zeros(len(self.payments), np.bool_)
        self._day = -1

    def _learn(self, begins: float) -> None:
        day = int(begins // DAY)
        if self.analyst and day != self._day:
            if self._day >= 0:
                self._look_at(self._day)
            self._day = day
        known = self._now_known(begins)
        for row, _ in known if self.analyst else ():
            if not self._labelled[row]:
                self._labelled[row] = True
                self._gaps.labelled(self._terminals[row], float(self.payments.seconds[row]))
        self.trainer.labelled([label for _, label in known])
        model = self.trainer.next_model()
        if model is not None:
            self._take(model)

    def _tell(
        self, rows: range, batch: columns.Payments, features: NDArray[np.float64], scored: Scores
    ) -> None:
        if self.features is not None:
            self.features.append(features.astype(np.float32))
        if self.analyst:
            self._gaps.paid(batch.terminals)
        cold = np.array([version == COLD_START for version in scored.versions])[scored.models].tolist()
        told = zip(rows, batch.seconds.tolist(), features.tolist(), scored.scores.tolist(), cold, strict=True)
        for row, moment, values, score, unscored in told:
            self.trainer.paid(
                row, moment, feature_bytes(values), None if unscored else score, self._terminals[row]
            )

    def _look_at(self, day: int) -> None:
        """Let the analyst look at the cards of a day; their payments' verdicts are known the next morning."""
        first, last = np.searchsorted(self.payments.days, [day, day + 1]).tolist()
        rows = np.arange(first, last)
        moment = (day + 1) * DAY + VERDICT_HOUR * 3_600.0
        values = self._gaps.values(self._terminals[first:last], np.full(len(rows), moment))
        chosen = choose_cards(
            self.payments.customers[rows],
            np.unique(self._terminals[first:last], return_inverse=True)[1],
            self.scores[rows],
            values,
            by_score=BY_SCORE,
            by_value=BY_VALUE,
        )
        told = rows[np.isin(self.payments.customers[rows], chosen)].tolist()
        self._known.learn([self._label(row, moment) for row in told])
        for row in told:
            heappush(self._waiting, (moment, row))
