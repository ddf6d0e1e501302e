"""The same door, detectors and score records in quixstreams: its own consumer, dataframes and producer.

Variants, all kept. All write idempotently and to the partition of the payment:
plain    one payment at a time, `apply` and `to_topic`, settings as they come (a checkpoint every 5 s)
each     the same; larger batches of the producer, a checkpoint after 4,000 payments, as Tillwatch commits
state    `each`, and its state store (with changelog) counts the payments of each customer: what one read
         and one write of state cost at the least, for the windows themselves stay in the detectors' memory
sink     a `BatchingSink` scores what came since the last checkpoint, a partition at once
consume  its consumer and producer without its dataframes: `consume` batches, score, `produce`, flush, commit
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

from quixstreams import Application, State, message_context
from quixstreams.models import Topic
from quixstreams.sinks import BatchingSink, SinkBatch

from benchmarks.rivals.scoring import Scoring, spare_the_collector
from benchmarks.rivals.variants import QUIXSTREAMS
from schemas.topics import TRANSACTIONS

__all__: list[str] = []

ROUND = 4_000
"""Payments between two commits, as many as Tillwatch's worker takes in a round at most."""

SAFE = {
    "partitioner": "consistent",  # CRC32 of the key, as the input was written
    "enable.idempotence": True,
}
TUNED = {**SAFE, "linger.ms": 20, "batch.size": 1_048_576, "queue.buffering.max.messages": 1_000_000}


def build_app(bootstrap_servers: str, group: str, folder: str, **settings: Any) -> Application:
    """Build an application; `settings` are Application's own."""
    return Application(
        broker_address=bootstrap_servers,
        consumer_group=group,
        auto_offset_reset="earliest",
        state_dir=folder,
        loglevel="WARNING",
        **{"producer_extra_config": TUNED, "commit_every": ROUND, **settings},
    )


def topics(app: Application, output: str) -> tuple[Topic, Topic]:
    """Name the input and the output, both as bytes."""
    source = app.topic(TRANSACTIONS.name, value_deserializer="bytes", key_deserializer="bytes")
    return source, app.topic(output, value_serializer="bytes", key_serializer="bytes")


def score_each(scoring: Scoring) -> Callable[..., bytes]:
    """Score the message that is being processed."""

    def score(value: bytes, _key: bytes, append_ms: int, _headers: Any) -> bytes:
        context = message_context()
        (record,) = scoring.values(context.partition, [context.offset], [value], [append_ms])
        return record

    return score


def run_each(app: Application, output: str, scoring: Scoring) -> None:
    """Run one payment at a time."""
    source, scores = topics(app, output)
    app.dataframe(source).apply(score_each(scoring), metadata=True).to_topic(scores)
    app.run()


def run_state(app: Application, output: str, scoring: Scoring) -> None:
    """Run one payment at a time, with a counter per customer in quixstreams' state."""
    source, scores = topics(app, output)
    score = score_each(scoring)

    def counted(value: bytes, key: bytes, append_ms: int, headers: Any, state: "State[str, int]") -> bytes:
        state.set("payments", state.get("payments", 0) + 1)
        return score(value, key, append_ms, headers)

    app.dataframe(source).apply(counted, stateful=True, metadata=True).to_topic(scores)
    app.run()


def write(scoring: Scoring, producer: Any, output: str, partition: int, messages: Iterable[Any]) -> None:
    """Score messages (offset, value, append time in ms) of one partition and hand them to a producer."""
    offsets, records, append_ms = zip(*messages, strict=True)
    for record in scoring.values(partition, offsets, records, append_ms):
        producer.produce(output, record, partition=partition)


class ScoreSink(BatchingSink):
    """Scores what has come since the last checkpoint, and waits until Kafka has the scores."""

    def __init__(self, app: Application, output: str, scoring: Scoring) -> None:
        super().__init__()
        self._producer, self._output, self._scoring = app.get_producer(), output, scoring

    def write(self, batch: SinkBatch) -> None:
        """Score one partition."""
        messages = [(item.offset, item.value, item.timestamp) for item in batch]
        write(self._scoring, self._producer, self._output, batch.partition, messages)

    def flush(self) -> None:
        """Score all partitions; the checkpoint is committed after this."""
        super().flush()  # type: ignore[no-untyped-call]  # quixstreams leaves it so
        self._producer.flush()


def run_sink(app: Application, output: str, scoring: Scoring) -> None:
    """Run a sink that scores."""
    source, _ = topics(app, output)
    app.dataframe(source).sink(ScoreSink(app, output, scoring))
    app.run()


def run_consume(app: Application, output: str, scoring: Scoring) -> None:
    """Run consumer and producer without dataframes, until killed."""
    with app.get_consumer(auto_commit_enable=False) as consumer, app.get_producer() as producer:
        consumer.subscribe([TRANSACTIONS.name])
        while True:
            partitions: dict[int, list[tuple[int, bytes, int]]] = {}
            for message in consumer.consume(ROUND, timeout=0.2):
                if message.error():
                    raise SystemExit(str(message.error()))
                own = partitions.setdefault(message.partition(), [])
                own.append((message.offset(), message.value(), message.timestamp()[1]))
                consumer.store_offsets(message)
            for partition, messages in partitions.items():
                write(scoring, producer, output, partition, messages)
            if partitions:
                producer.flush()
                consumer.commit(asynchronous=False)


RUNS = dict(zip(QUIXSTREAMS, (run_each, run_each, run_state, run_sink, run_consume), strict=True))

if __name__ == "__main__":
    server, name, which = sys.argv[1:]
    rival = Scoring(server)
    spare_the_collector()
    plain = {"producer_extra_config": SAFE, "commit_every": 0} if which == "plain" else {}
    with tempfile.TemporaryDirectory(prefix="tillwatch-quixstreams-") as states:
        RUNS[which](build_app(server, name, states, **plain), name, rival)
