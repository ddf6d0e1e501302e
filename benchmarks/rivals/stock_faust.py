"""The same door, detectors and score records in stock Faust: its own consumer, streams and producer.

Variants, all kept:
each       one payment at a time, `await topic.send` for each score
send_soon  one payment at a time, the score is left to Faust's background thread of sending
take       `take_events`: batches of up to 1,000 payments, so that decoding, features and scoring are as fast
           as in Tillwatch's worker, `send_soon` for each score
"""

import asyncio
import sys
from collections.abc import AsyncIterable, Sequence
from contextlib import closing
from typing import Any

import faust
from kafka import KafkaConsumer, TopicPartition

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.terminals import TerminalRisk
from schemas.decode import decode_batch
from schemas.topics import LABELS, MODELS, TRANSACTIONS, Topic
from schemas.transaction import Transaction
from streams.batch import Batch, Input
from streams.fraud import FraudState
from streams.repeats import mark_repeated_fields
from streams.reporting_currency import ReportingCurrency
from streams.resend_filter import ResendFilter
from streams.score_records import judged_payments, score_records

__all__ = ["VARIANTS", "build_app"]

VARIANTS = ("each", "send_soon", "take")
TAKE = 1_000
TAKE_SECONDS = 0.1


class Scoring:
    """What Tillwatch's fraud agent does with records, without its source and outputs."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._terminals, self._champions = TerminalRisk(), Champions()
        for label in read_whole(bootstrap_servers, LABELS):
            self._terminals.learn([label])
        for model in read_whole(bootstrap_servers, MODELS):
            self._champions.add(model)
        self._states: dict[int, FraudState] = {}
        self._currency = ReportingCurrency("EUR", {})

    def values(self, partition: int, events: Sequence[Any]) -> list[bytes]:
        """Give the score records of consecutive events of one partition."""
        if partition not in self._states:
            self._states[partition] = FraudState(FraudDetector(self._terminals), ResendFilter())
        state = self._states[partition]
        batch: Batch[FraudState] = Batch(
            Input(TRANSACTIONS, partition, "benchmark:0"),
            offsets=[event.message.offset for event in events],
            records=[event.value for event in events],
            append_ms=[int(event.message.timestamp * 1000) for event in events],
            emit=True,
            state=state,
        )
        values: list[bytes] = []
        for part in batch.parts():
            outcomes, _ = mark_repeated_fields(part.decode_fields(Transaction), state.seen)
            judged = judged_payments(outcomes)
            features = state.detector.observe_batch(judged)
            scored = self._champions.score_batch(judged.seconds, features)
            values += score_records(part, outcomes, features, scored, self._currency)
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


def build_app(bootstrap_servers: str, output: str, variant: str) -> faust.App:
    """Build the app of one variant."""
    scoring = Scoring(bootstrap_servers)
    app = faust.App(
        output,
        broker=[f"kafka://{bootstrap_servers}"],
        consumer_auto_offset_reset="earliest",
        topic_partitions=TRANSACTIONS.partitions,
        topic_disable_leader=True,
        web_enabled=False,
        web_tables_enabled=False,
        stream_wait_empty=False,
        producer_linger=0.02,
        producer_max_batch_size=1_048_576,
    )
    source = app.topic(TRANSACTIONS.name, value_serializer="raw", key_serializer="raw")
    scores = app.topic(output, value_serializer="raw", key_serializer="raw")

    async def each(stream: Any) -> None:
        async for event in stream.events():
            partition = event.message.partition
            (value,) = scoring.values(partition, [event])
            await scores.send(value=value, partition=partition)

    async def send_soon(stream: Any) -> None:
        async for event in stream.events():
            partition = event.message.partition
            (value,) = scoring.values(partition, [event])
            scores.send_soon(value=value, partition=partition)

    async def take(stream: Any) -> None:
        async for events in stream.take_events(TAKE, within=TAKE_SECONDS):
            by_partition: dict[int, list[Any]] = {}
            for event in events:
                by_partition.setdefault(event.message.partition, []).append(event)
            for partition, own in by_partition.items():
                for value in scoring.values(partition, own):
                    scores.send_soon(value=value, partition=partition)
            await asyncio.sleep(0)

    bodies = {"each": each, "send_soon": send_soon, "take": take}

    @app.agent(source, name="score")
    async def score(stream: AsyncIterable[Any]) -> None:
        await bodies[variant](stream)

    return app


if __name__ == "__main__":
    server, name, which = sys.argv[1:]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    async def build() -> faust.App:
        """Build inside the loop that the app will run in."""
        return build_app(server, name, which)

    worker = faust.Worker(loop.run_until_complete(build()), loop=loop, loglevel="warning", quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()
