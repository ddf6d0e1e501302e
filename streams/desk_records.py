"""The records of a batch, decoded and laid on the judge's desk."""

from datetime import UTC, datetime

from detectors.watch.desk import Desk, Due
from detectors.watch.paid import READ_OF_SCORES
from schemas.alert_action import AlertAction
from schemas.answer import Answer
from schemas.arrival_partial import ArrivalPartial
from schemas.decode import own_decoder
from schemas.drift import Drift
from schemas.errors import Refused
from schemas.heartbeat import Heartbeat
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from schemas.score import Score
from schemas.stock_level import StockLevel
from schemas.topics import ALERT_ACTIONS, ANSWERS, ARRIVALS, DRIFTS, HEARTBEATS, METRICS, SCORES, STOCK_LEVELS
from streams import failpoints
from streams.batch import Batch, KeyedRecord
from streams.dense_reader import DenseReader
from streams.own_records import own_records
from streams.refusals import dead_letters
from streams.repeats import scores_once

__all__ = ["found", "take_records"]

READ_SCORE = own_decoder(Score, READ_OF_SCORES)


def take_records(batch: Batch[DenseReader], desk: Desk) -> list[KeyedRecord]:
    """Hand a batch to the desk; give the dead letters of what came from outside and cannot be used.

    Answers of a batch that only rebuilds state were decided before: the alerts that were resumed show them.
    Actions are taken then too, for no alert shows how long a silence lasts.
    """
    topic = batch.topic
    if topic is SCORES:
        desk.scores([score for _, score in scores_once(batch, batch.state, READ_SCORE)])
    elif topic is METRICS:
        desk.partials(own_records(batch, MetricPartial))
    elif topic is ARRIVALS:
        desk.arrivals(own_records(batch, ArrivalPartial))
    elif topic is STOCK_LEVELS:
        desk.levels(own_records(batch, StockLevel))
    elif topic is DRIFTS:
        desk.drifts(own_records(batch, Drift))
    elif topic is HEARTBEATS:
        beats = batch.decode(Heartbeat)
        desk.heartbeats([beat for beat in beats if not isinstance(beat, Refused)])
        return dead_letters(batch, beats)
    elif topic is ANSWERS and batch.emit:
        answers = batch.decode(Answer)
        desk.answers([answer for answer in answers if not isinstance(answer, Refused)])
        return dead_letters(batch, answers)
    elif topic is ALERT_ACTIONS:
        actions = batch.decode(AlertAction)
        taken = [action for action in actions if not isinstance(action, Refused)]
        desk.actions(taken, told=not batch.emit)
        return dead_letters(batch, actions)
    return []


def found(batch: Batch[DenseReader], desk: Desk, *, settled: bool) -> Due:
    """Ask the desk what readers have to be told now; while state is rebuilt, nothing, and it looks only."""
    if not batch.emit:
        desk.look(written_at(batch), last_origin(batch), settled=settled)
        return Due([], [], [], [])
    due = desk.due(written_at(batch), last_origin(batch), settled=settled)
    if due.labels or due.verdicts or due.alerts:
        failpoints.reach("findings-made")
    return due


def written_at(batch: Batch[DenseReader]) -> datetime:
    """Give the wall clock; while state is rebuilt, that of when it was built first."""
    return batch.taken_at if batch.emit else datetime.fromtimestamp(batch.append_ms[-1] / 1000, UTC)


def last_origin(batch: Batch[DenseReader]) -> Origin:
    """Name the last record of a batch."""
    return Origin(
        generation=batch.generation,
        topic=batch.topic.name,
        partition=batch.partition,
        offset=batch.offsets[-1],
    )
