"""The detectors of every agent in one process, without Kafka: what the benchmark of incidents runs.

Events come in the order in which their sources sent them, a simulated minute at a time, so the outcome is
what the stream would give if it were never behind.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from benchmarks.offline_scoring import GENERATION, OfflineScoring
from detectors.series.arrivals import Arrivals
from detectors.series.minutes import MinuteSeries
from detectors.stock.levels import StockLevels
from detectors.watch.desk import Desk
from producers.simulator.world import SimulatedEvent
from schemas.alert import Alert
from schemas.click import Click
from schemas.heartbeat import Heartbeat
from schemas.label import Label
from schemas.origin import Origin
from schemas.score import Score
from schemas.stock_movement import StockMovement
from schemas.store import Store
from schemas.topics import CLICKS, HEARTBEATS, SCORES, STOCK_MOVEMENTS, Topic
from schemas.transaction import Transaction

__all__ = ["OfflineChain"]

Record = TypeVar("Record", bound=BaseModel)


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
        self._scoring = OfflineScoring(alerts_per_day)
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
        desk.take_labels(labels)
        scores, model = self._scoring.take(labels, of(Transaction, events), at)
        desk.scores(scores)
        if model is not None:
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
