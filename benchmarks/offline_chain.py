"""The detectors of every agent in one process, without Kafka: what the benchmark of incidents runs.

Events come in the order in which their sources sent them, a simulated minute at a time, so the outcome is
what the stream would give if it were never behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from detectors.fraud.online import OnlineTrainer
from detectors.series.arrivals import Arrivals
from detectors.series.minutes import MinuteSeries
from detectors.stock.levels import StockLevels
from detectors.watch.desk import Desk
from producers.simulator.world import SimulatedEvent
from schemas.alert import Alert
from schemas.click import Click
from schemas.fields import fields_of
from schemas.heartbeat import Heartbeat
from schemas.label import Label
from schemas.origin import Origin
from schemas.score import Score
from schemas.stock_movement import StockMovement
from schemas.store import Store
from schemas.topics import CLICKS, HEARTBEATS, SCORES, STOCK_MOVEMENTS, TRANSACTIONS, Topic
from schemas.transaction import Transaction
from streams.reporting_currency import ReportingCurrency
from streams.score_records import judged_payments, score_records

__all__ = ["OfflineChain"]

Record = TypeVar("Record", bound=BaseModel)

GENERATION = "offline:0"


@dataclass
class Read:
    """Payments of one minute, as the fraud agent reads them from its one partition."""

    offsets: Sequence[int]
    append_ms: Sequence[int]
    taken_at: datetime
    topic: Topic = TRANSACTIONS
    partition: int = 0
    generation: str = GENERATION


class Counted(NamedTuple):
    """What the series agent keeps of one input topic."""

    series: MinuteSeries
    arrivals: Arrivals


def counted(topic: Topic) -> Counted:
    """Start counting a topic, as one partition."""
    return Counted(
        MinuteSeries(GENERATION, topic.name, 0),
        Arrivals(GENERATION, topic.name, 0),
    )


class OfflineChain:
    """Fraud, trainer, series, stock and judge, one after the other.

    Parameters
    ----------
    alerts_per_day
        The budget of suspicious payments.

    """

    def __init__(self, alerts_per_day: float) -> None:
        self.alerts: dict[str, Alert] = {}
        """The last record of each alert."""
        self._known = LabelBook()
        self._detector = FraudDetector(self._known)
        self._champions = Champions()
        self._trainer = OnlineTrainer(alerts_per_day)
        self._currency = ReportingCurrency("EUR", {})
        self._scores = counted(SCORES)
        self._clicks = counted(CLICKS)
        self._movements = counted(STOCK_MOVEMENTS)
        self._levels = StockLevels(GENERATION, STOCK_MOVEMENTS.name, 0)
        self._desk = Desk()
        self._offsets: dict[str, int] = {}

    def take(self, minute: Sequence[SimulatedEvent], at: datetime) -> None:
        """Take what was sent in one minute that ends at `at`."""
        desk = self._desk
        events = [sent.event for sent in minute]
        for store in of(Store, events):
            desk.take_store(store)
        labels = of(Label, events)
        self._known.learn(labels)
        desk.take_labels(labels)
        self._trainer.labelled(labels)
        scores = self._scored(of(Transaction, events), at)
        self._trainer.scored(scores)
        desk.scores(scores)
        model = self._trainer.next_model()
        if model is not None:
            self._champions.add(model)
            self._known.take_table(model)
            desk.take_model(model)
        self._count(self._scores, SCORES, scores)
        self._count(self._clicks, CLICKS, of(Click, events))
        movements = of(StockMovement, events)
        self._count(self._movements, STOCK_MOVEMENTS, movements)
        first = self._next(f"levels of {STOCK_MOVEMENTS.name}", len(movements))
        desk.levels(self._levels.observe(list(enumerate(movements, first))))
        desk.heartbeats(of(Heartbeat, events))
        origin = Origin(generation=GENERATION, topic=HEARTBEATS.name, partition=0, offset=0)
        for alert in desk.due(at, origin).alerts:
            self.alerts[alert.alert_id] = alert

    def _scored(self, payments: Sequence[Transaction], at: datetime) -> list[Score]:
        """Score as the fraud agent does, through its own records."""
        if not payments:
            return []
        first = self._next(TRANSACTIONS.name, len(payments))
        batch = Read(
            offsets=range(first, first + len(payments)),
            append_ms=[int(at.timestamp() * 1000)] * len(payments),
            taken_at=at,
        )
        outcomes = [fields_of(payment) for payment in payments]
        judged = judged_payments(outcomes)
        features = self._detector.observe_batch(judged)
        scored = self._champions.score_batch(judged.seconds, features)
        records = score_records(batch, outcomes, features, scored, self._currency)
        return [Score.model_validate_json(record) for record in records]

    def _count(self, counted: Counted, topic: Topic, events: Sequence[Score | Click | StockMovement]) -> None:
        first = self._next(f"series of {topic.name}", len(events))
        numbered = list(enumerate(events, first))
        counted.series.count(numbered)
        counted.arrivals.count(numbered)
        self._desk.partials(counted.series.touched())
        self._desk.arrivals(counted.arrivals.touched())

    def _next(self, log: str, count: int) -> int:
        first = self._offsets.get(log, 0)
        self._offsets[log] = first + count
        return first


def of(model: type[Record], events: Sequence[BaseModel]) -> list[Record]:
    """Pick the events of one contract."""
    return [event for event in events if isinstance(event, model)]
