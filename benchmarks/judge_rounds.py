"""What the judge reads of payments that flow at a steady rate: rounds of records, as Kafka hands them out.

Payments are those of `latency`: one in twenty is made by somebody who tests cards. They are scored by the
fraud agent's own detectors and counted by the series agent's, so that the judge reads what it would read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from benchmarks.live_payments import LivePayment, make_live_payments
from benchmarks.workload import START, make_workload
from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from detectors.series.arrivals import Arrivals
from detectors.series.minutes import MinuteSeries
from schemas.decode import decode_structs
from schemas.model import Model
from schemas.score import Score
from schemas.topics import ARRIVALS, METRICS, SCORES, TRANSACTIONS, Topic
from schemas.transaction import Transaction
from streams.keyed_records import keyed_records
from streams.reporting_currency import ReportingCurrency
from streams.score_records import judged_payments, score_records

__all__ = ["GENERATION", "ROUND_SECONDS", "Chain", "JudgeInput", "Records", "judge_input"]

SEED = 20_260_302
MODEL_SEED = 20_260_301
MODEL_PER_DAY = 1_000
GENERATION = "judging:0"
RATE = 2_000.0
"""Payments a second."""

ROUND_PAYMENTS = 40
"""A fiftieth of a second: so long the judge lets records gather."""

ROUND_SECONDS = ROUND_PAYMENTS / RATE

SERIES_ROUNDS = 12
"""The series agent lets scores gather for 250 ms."""


@dataclass(frozen=True)
class Records:
    """Records that one round brings of one partition."""

    topic: Topic
    partition: int
    offsets: Sequence[int]
    values: Sequence[bytes]


@dataclass(frozen=True)
class JudgeInput:
    """A model, and what comes round by round."""

    model: Model
    rounds: list[list[Records]]
    payments: int


@dataclass
class Read:
    """Where the payments of one round and partition were read."""

    partition: int
    offsets: Sequence[int]
    append_ms: Sequence[int]
    taken_at: datetime
    topic: Topic = TRANSACTIONS
    generation: str = GENERATION


class Chain:
    """The fraud agent and the series agent, each with a state per partition."""

    def __init__(self, model: Model) -> None:
        known = LabelBook()
        self._champions = Champions()
        self._champions.add(model)
        known.take_table(model)
        self._currency = ReportingCurrency("EUR", {})
        parts = range(TRANSACTIONS.partitions)
        self._detectors = [FraudDetector(known, part) for part in parts]
        self._series = [MinuteSeries(GENERATION, SCORES.name, part) for part in parts]
        self._arrivals = [Arrivals(GENERATION, SCORES.name, part) for part in parts]
        self._counted = [0 for _ in parts]
        self._offsets: dict[tuple[str, int], int] = {}

    def scored(self, payments: Sequence[tuple[LivePayment, bytes]], at: datetime) -> Iterator[Records]:
        """Score payments, and count them."""
        for part in range(TRANSACTIONS.partitions):
            values = [value for payment, value in payments if payment.partition == part]
            if not values:
                continue
            records = self.scores_of(part, values, at)
            events = list(enumerate(map(Score.model_validate_json, records.values), records.offsets[0]))
            self._series[part].count(events)
            self._arrivals[part].count(events)
            yield records

    def scores_of(self, part: int, values: Sequence[bytes], at: datetime) -> Records:
        """Score payments of one partition; count nothing."""
        offsets = self._next(SCORES, part, len(values))
        read = Read(part, offsets, [int(at.timestamp() * 1e3)] * len(values), at)
        outcomes = decode_structs(Transaction, values).events
        judged = judged_payments(outcomes)
        features = self._detectors[part].observe_batch(judged)
        scored = self._champions.score_batch(judged.seconds, features)
        return Records(SCORES, part, offsets, score_records(read, outcomes, features, scored, self._currency))

    def counted(self) -> Iterator[Records]:
        """Give the figures that have changed, by the partitions of their topics."""
        for topic, counters in ((METRICS, self._series), (ARRIVALS, self._arrivals)):
            parts: dict[int, list[bytes]] = {}
            for counter in counters:
                for key, value in keyed_records(counter.touched()):
                    parts.setdefault(crc32(key or b"") % topic.partitions, []).append(value)
            for part, values in parts.items():
                yield Records(topic, part, self._next(topic, part, len(values)), values)

    def _next(self, topic: Topic, partition: int, count: int) -> range:
        first = self._offsets.get((topic.name, partition), 0)
        self._offsets[topic.name, partition] = first + count
        return range(first, first + count)


def judge_input(count: int) -> JudgeInput:
    """Make what the judge reads of so many payments; the same each time."""
    # what a busy day's budget would let through is left out, as in `latency`
    model = make_workload(1, MODEL_SEED, per_day=MODEL_PER_DAY).model.model_copy(update={"threshold": 1.0})
    chain = Chain(model)
    rounds: list[list[Records]] = []
    payments = list(make_live_payments(count, SEED))
    for first in range(0, count, ROUND_PAYMENTS):
        sent = [
            (one, one.value(happens(one.happens).isoformat(timespec="microseconds")))
            for one in payments[first : first + ROUND_PAYMENTS]
        ]
        rounds.append(list(chain.scored(sent, happens(first + ROUND_PAYMENTS))))
        if len(rounds) % SERIES_ROUNDS == 0:
            rounds[-1] += chain.counted()
    return JudgeInput(model, rounds, count)


def happens(index: int) -> datetime:
    """Say when a payment is made."""
    return (START + timedelta(seconds=index / RATE)).astimezone(UTC)
