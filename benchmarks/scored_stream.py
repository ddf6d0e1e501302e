"""The card-fraud data scored in event time by the detectors that ship; who learns is left open. No Kafka."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.card_fraud import LABEL_DELAY, Payments
from detectors.fraud import payments as columns
from detectors.fraud.champions import Champions, Scores
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from schemas.label import Label
from schemas.model import Model

__all__ = ["ALERTS_PER_DAY", "Number", "ScoredStream"]

ALERTS_PER_DAY = 100.0
"""The handbook's team checks 100 cards a day."""


@dataclass
class ScoredStream(ABC):
    """Scores hour by hour, each with what was known when it began; score first, learn after.

    Parameters
    ----------
    payments
        The file.

    Attributes
    ----------
    scores, reviewed
        Of each payment, and whether that reached the threshold.
    seconds_spent
        CPU of features and scoring of each payment, its share of its hour's.
    seconds_learning
        The same of putting the labels of the hour before where features look for them.
    models
        How many were taken up.

    """

    payments: Payments
    scores: NDArray[np.float64] = field(init=False)
    reviewed: NDArray[np.bool_] = field(init=False)
    seconds_spent: NDArray[np.float64] = field(init=False)
    seconds_learning: NDArray[np.float64] = field(init=False)
    models: int = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        self.scores = np.zeros(len(self.payments))
        self.reviewed = np.zeros(len(self.payments), np.bool_)
        self.seconds_spent = np.zeros(len(self.payments))
        self.seconds_learning = np.zeros(len(self.payments))
        self.models = 0
        self._known, self._champions = LabelBook(), Champions()
        self._detector = FraudDetector(self._known)
        self._waiting: list[tuple[float, int]] = []
        self._terminals = list(map(str, self.payments.terminals.tolist()))
        self._customers: list[str | None] = list(map(str, self.payments.customers.tolist()))

    def run(self, end: int, progress: Callable[[int], None]) -> None:
        """Go through the first `end` payments."""
        for first, last in hours(self.payments.seconds[:end]):
            self._learn(float(self.payments.seconds[first] // 3_600 * 3_600))
            self._score(first, last)
            progress(last)

    @abstractmethod
    def _learn(self, begins: float) -> None:
        """Learn what is known when an hour begins, and take up the models that are made of it."""

    @abstractmethod
    def _tell(
        self, rows: range, batch: columns.Payments, features: NDArray[np.float64], scored: Scores
    ) -> None:
        """Let whoever learns remember what was scored."""

    def _take(self, model: Model) -> None:
        self._champions.add(model)
        self._known.take_table(model)
        self.models += 1

    def _now_known(self, begins: float) -> list[tuple[int, Label]]:
        """Give the labels that became known, with the rows of their payments."""
        labels = []
        while self._waiting and self._waiting[0][0] <= begins:
            known, row = heappop(self._waiting)
            labels.append((row, self._label(row, known)))
        return labels

    def _score(self, first: int, last: int) -> None:
        batch = self._columns(first, last)
        rows = range(first, last)
        delay = LABEL_DELAY.total_seconds()
        waiting = [(float(moment) + delay, row) for moment, row in zip(batch.seconds, rows, strict=True)]
        # The book looks at known_at itself and may have every label at once; the trainer must not.
        self._known.learn([self._label(row, known) for known, row in waiting])
        for one in waiting:
            heappush(self._waiting, one)
        began = thread_time()
        self._known.prepare()
        prepared = thread_time()
        features = self._detector.observe_batch(batch)
        scored = self._champions.score_batch(batch.seconds, features)
        self.seconds_spent[first:last] = (thread_time() - prepared) / len(rows)
        self.seconds_learning[first:last] = (prepared - began) / len(rows)
        self.scores[first:last] = scored.scores
        self.reviewed[first:last] = scored.scores >= np.array(scored.thresholds)[scored.models]
        self._tell(rows, batch, features, scored)

    def _label(self, row: int, known: float) -> Label:
        """Make a label without validating it: there are millions."""
        fraud = bool(self.payments.frauds[row])
        by_analyst = known < self.payments.seconds[row] + LABEL_DELAY.total_seconds()
        return Label.model_construct(
            event_id=Number(row),  # type: ignore[arg-type]  # all that is read of it is `int`
            customer_id=self._customers[row],
            card_id=None,
            terminal_id=self._terminals[row],
            occurred_at=self.payments.times[row],
            known_at=datetime.fromtimestamp(known, UTC),
            verdict="fraud" if fraud else "genuine",
            said_by="analyst" if by_analyst else "chargeback" if fraud else "matured",
        )

    def _columns(self, first: int, last: int) -> columns.Payments:
        seconds = self.payments.seconds[first:last].astype(np.float64)
        nothing = np.zeros(last - first, np.int64)
        return columns.Payments(
            seconds,
            self.payments.amounts_minor[first:last],
            self._customers[first:last],
            self._terminals[first:last],
            np.arange(first, last),
            nothing,
            [None] * (last - first),
            nothing,
            columns.own_features(seconds, nothing, nothing, nothing),
        )


class Number:
    """An event id, as far as it is read: a row is its own number."""

    __slots__ = ("int",)

    def __init__(self, row: int) -> None:
        self.int = row


def hours(seconds: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Give the first payment of each hour and the first after it."""
    starts = np.flatnonzero(np.diff(seconds // 3_600, prepend=-1))
    yield from zip(starts.tolist(), [*starts[1:].tolist(), len(seconds)], strict=True)
