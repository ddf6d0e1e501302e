"""Scoring and learning in one process, without Kafka: through the records that the fraud agent writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from detectors.fraud.online import OnlineTrainer
from detectors.fraud.payments import Payments
from schemas.label import Label
from schemas.model import Model
from schemas.score import Score
from schemas.topics import TRANSACTIONS, Topic
from schemas.transaction import Transaction
from streams.reporting_currency import ReportingCurrency
from streams.score_records import judged_payments, score_records

__all__ = ["GENERATION", "OfflineScoring", "Read"]

GENERATION = "offline:0"


@dataclass
class Read:
    """Payments as the fraud agent reads them from its one partition."""

    offsets: Sequence[int]
    append_ms: Sequence[int]
    taken_at: datetime
    topic: Topic = TRANSACTIONS
    partition: int = 0
    generation: str = GENERATION


class OfflineScoring:
    """Fraud agent and trainer, one after the other: score first, learn after.

    Parameters
    ----------
    alerts_per_day
        The budget of suspicious payments.
    ignored
        Names of features that are 0 for all payments, to see what they are worth.
    partitions
        Over which payments are spread by who paid: what each knows of a device or an amount, others do not.

    """

    def __init__(self, alerts_per_day: float, ignored: Collection[str] = (), partitions: int = 1) -> None:
        self._ignored = [FEATURE_NAMES.index(name) for name in ignored]
        self._known = LabelBook()
        self._detectors = [FraudDetector(self._known, partition) for partition in range(partitions)]
        self._champions = Champions()
        self._trainer = OnlineTrainer(alerts_per_day)
        self._currency = ReportingCurrency("EUR", {})
        self._offset = 0

    def take(
        self, labels: Sequence[Label], payments: Sequence[Transaction], at: datetime
    ) -> tuple[list[Score], Model | None]:
        """Take what came up to `at`; give the scores, and the model that was due after them."""
        self._known.learn(labels)
        self._trainer.labelled(labels)
        scores = self._scored(payments, at)
        self._trainer.scored(scores)
        model = self._trainer.next_model()
        if model is not None:
            self._champions.add(model)
            self._known.take_table(model)
        return scores, model

    def _scored(self, payments: Sequence[Transaction], at: datetime) -> list[Score]:
        if not payments:
            return []
        first, self._offset = self._offset, self._offset + len(payments)
        batch = Read(range(first, self._offset), [int(at.timestamp() * 1000)] * len(payments), taken_at=at)
        judged = judged_payments(payments)
        features = self._features(judged)
        features[:, self._ignored] = 0
        scored = self._champions.score_batch(judged.seconds, features)
        records = score_records(batch, payments, features, scored, self._currency)
        return [Score.model_validate_json(record) for record in records]

    def _features(self, judged: Payments) -> NDArray[np.float64]:
        if len(self._detectors) == 1:
            return self._detectors[0].observe_batch(judged)
        who = (key or terminal for key, terminal in zip(judged.keys, judged.terminals, strict=True))
        of_payment = np.array([crc32(one.encode()) % len(self._detectors) for one in who], np.int64)
        features = np.empty((len(of_payment), len(FEATURE_NAMES)))
        for partition in np.unique(of_payment).tolist():
            rows = np.flatnonzero(of_payment == partition)
            features[rows] = self._detectors[partition].observe_batch(only(judged, rows.tolist()))
        return features


def only(payments: Payments, rows: Sequence[int]) -> Payments:
    """Pick some payments."""
    columns: Any = (
        column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows]
        for column in payments
    )
    return Payments(*columns)
