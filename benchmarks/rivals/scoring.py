"""What Tillwatch's fraud agent does with records, for rivals with a source and outputs of their own."""

import gc
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from benchmarks.offline_scoring import Read
from detectors.fraud.champions import Champions
from detectors.fraud.label_book import LabelBook
from schemas.decode import decode_batch, decode_structs
from schemas.topics import LABELS, MODELS, Topic
from schemas.transaction import Transaction
from streams.batch import CACHED_RECORDS
from streams.fraud_state import FraudState
from streams.repeats import mark_payments
from streams.reporting_currency import ReportingCurrency
from streams.score_records import judged_payments, score_records

__all__ = ["Scoring", "spare_the_collector"]


class Scoring:
    """The same door, detectors and score records; reads labels and models whole before the first payment."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._known, self._champions = LabelBook(), Champions()
        for label in read_whole(bootstrap_servers, LABELS):
            self._known.learn([label])
        for model in read_whole(bootstrap_servers, MODELS):
            self._champions.add(model)
            self._known.take_table(model)
        self._states: dict[int, FraudState] = {}
        self._currency = ReportingCurrency("EUR", {})

    def values(
        self, partition: int, offsets: Sequence[int], records: Sequence[bytes], append_ms: Sequence[int]
    ) -> list[bytes]:
        """Give the score records of consecutive records of one partition."""
        if partition not in self._states:
            self._states[partition] = FraudState.of(self._known, partition)
        state = self._states[partition]
        values: list[bytes] = []
        for start in range(0, len(records), CACHED_RECORDS):
            part = slice(start, start + CACHED_RECORDS)
            read = Read(
                offsets=offsets[part],
                append_ms=append_ms[part],
                taken_at=datetime.now(UTC),
                partition=partition,
            )
            decoded = decode_structs(Transaction, records[part]).events
            outcomes, _ = mark_payments(decoded, state.seen, state.detector.odd)
            judged = judged_payments(outcomes)
            features = state.detector.observe_batch(judged)
            scored = self._champions.score_batch(judged.seconds, features)
            values += score_records(read, outcomes, features, scored, self._currency)
        return values


def read_whole(bootstrap_servers: str, topic: Topic) -> list[Any]:
    """Read a topic to its end."""
    with closing(
        KafkaConsumer(
            bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", enable_auto_commit=False
        )
    ) as consumer:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        values: list[bytes] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=500, max_records=5_000).values():
                values += [record.value for record in records]
    return list(decode_batch(topic.model, values).events)


def spare_the_collector() -> None:
    """Set Python's garbage collector as Tillwatch's worker does, so that no rival pays for its defaults."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
