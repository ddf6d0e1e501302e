"""The card-fraud data through the detectors that ship, in event time, without Kafka."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.card_fraud import LABEL_DELAY, Payments
from detectors.fraud import payments as columns
from detectors.fraud.champions import COLD_START, Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.exploring import TerminalGaps, choose_cards
from detectors.fraud.label_book import LabelBook
from detectors.fraud.online import OnlineTrainer
from schemas.label import Label

__all__ = ["ALERTS_PER_DAY", "FraudStream"]

ALERTS_PER_DAY = 100.0
"""The handbook's team checks 100 cards a day."""

BY_SCORE, BY_VALUE = 60, 40
"""Of these, how many by score and how many for what their answer would teach."""

VERDICT_HOUR = 8
"""When the verdicts of the day before are there, UTC."""

DAY = 86_400


@dataclass
class FraudStream:
    """Scores hour by hour, each with what was known when it began; score first, learn after.

    Parameters
    ----------
    payments
        The file.
    trainer
        Learns and makes the models.
    analyst
        Whether 100 cards of each day are looked at, and known the next morning.

    Attributes
    ----------
    seconds_spent
        CPU of features and scoring of each payment, its share of its hour's.

    """

    payments: Payments
    trainer: OnlineTrainer
    analyst: bool = False
    scores: NDArray[np.float64] = field(init=False)
    reviewed: NDArray[np.bool_] = field(init=False)
    seconds_spent: NDArray[np.float64] = field(init=False)
    features: list[NDArray[np.float32]] | None = None
    models: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        self.scores = np.zeros(len(self.payments))
        self.reviewed = np.zeros(len(self.payments), np.bool_)
        self.seconds_spent = np.zeros(len(self.payments))
        self._known, self._champions = LabelBook(), Champions()
        self._detector, self._gaps = FraudDetector(self._known), TerminalGaps()
        self._waiting: list[tuple[float, int]] = []
        self._labelled = np.zeros(len(self.payments), np.bool_)
        self._terminals = list(map(str, self.payments.terminals.tolist()))
        self._customers: list[str | None] = list(map(str, self.payments.customers.tolist()))

    def run(self, end: int, progress: Callable[[int], None]) -> None:
        """Go through the first `end` payments."""
        seconds = self.payments.seconds
        day = -1
        for first, last in hours(seconds[:end]):
            begins = float(seconds[first] // 3_600 * 3_600)
            if self.analyst and int(begins // DAY) != day:
                if day >= 0:
                    self._look_at(day)
                day = int(begins // DAY)
            self._learn(begins)
            self._score(first, last)
            progress(last)

    def _learn(self, begins: float) -> None:
        """Hand over the labels that are known, and take up the model that is made of them."""
        labels = []
        while self._waiting and self._waiting[0][0] <= begins:
            known, row = heappop(self._waiting)
            labels.append(self._label(row, known))
            if self.analyst and not self._labelled[row]:
                self._labelled[row] = True
                self._gaps.labelled(self._terminals[row], float(self.payments.seconds[row]))
        self.trainer.labelled(labels)
        model = self.trainer.next_model()
        if model is not None:
            self._champions.add(model)
            self._known.take_table(model)
            self.models += 1

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
        features = self._detector.observe_batch(batch)
        scored = self._champions.score_batch(batch.seconds, features)
        self.seconds_spent[first:last] = (thread_time() - began) / len(rows)
        self.scores[first:last] = scored.scores
        self.reviewed[first:last] = scored.scores >= np.array(scored.thresholds)[scored.models]
        if self.features is not None:
            self.features.append(features.astype(np.float32))
        if self.analyst:
            self._gaps.paid(batch.terminals)
        cold = np.array([version == COLD_START for version in scored.versions])[scored.models].tolist()
        told = zip(rows, batch.seconds.tolist(), features.tolist(), scored.scores.tolist(), cold, strict=True)
        for row, moment, values, score, unscored in told:
            self.trainer.paid(row, moment, tuple(values), None if unscored else score, self._terminals[row])

    def _look_at(self, day: int) -> None:
        """Let the analyst look at the cards of a day; their payments' verdicts are known the next morning."""
        first, last = np.searchsorted(self.payments.days, [day, day + 1]).tolist()
        rows = np.arange(first, last)
        moment = (day + 1) * DAY + VERDICT_HOUR * 3_600.0
        values = self._gaps.values(self._terminals[first:last], np.full(len(rows), moment))
        chosen = choose_cards(
            self.payments.customers[rows], self.scores[rows], values, by_score=BY_SCORE, by_value=BY_VALUE
        )
        told = rows[np.isin(self.payments.customers[rows], chosen)].tolist()
        self._known.learn([self._label(row, moment) for row in told])
        for row in told:
            heappush(self._waiting, (moment, row))

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
            nothing,
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
