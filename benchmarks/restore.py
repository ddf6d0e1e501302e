"""How soon a worker that was stopped is back at work.

The question: seconds from the start of the process until it says that it is ready, with a snapshot of so many
customers in Kafka and five minutes of payments after it that were scored before. Rules: a real Kafka, the
whole worker, snapshots written by the worker's own code; each customer has ten payments in the last 30 days;
payments of at least 600 bytes; no labels. Checked: payments of 400 customers that are sent afterwards get the
features of detectors that were never stopped.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import EndOffsets, pour, read_values
from benchmarks.whole_worker import working
from benchmarks.workload import MIN_RECORD_BYTES, TERMINALS, made_payment, partition_of
from detectors.fraud.label_book import LabelBook
from detectors.fraud.payments import Payments, own_features
from producers.administration import create_topics, topic_ids
from schemas.decode import decode_structs
from schemas.errors import Refused
from schemas.score import Score
from schemas.topics import SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.fraud_state import FraudState
from streams.snapshots.codec import ArraysCopied
from streams.snapshots.state_format import format_of_fields
from streams.snapshots.store import SnapshotStore, Unit
from tillwatch.stack.broker import running_broker

__all__ = ["Restore", "measure_restore", "report_restore"]

SEED = 20_260_401
PAYMENTS_EACH = 10
LOG_SECONDS = 300
LOG_RATE = 2_000
PROBES = 400
BATCH = 4_000
NOW = datetime(2026, 4, 1, tzinfo=UTC)
GROUP = "tillwatch-fraud"

Partition = list[tuple[int, bytes]]


@dataclass(frozen=True)
class Restore:
    """What was measured; `idle_seconds` is the same start with nothing to restore."""

    keys: int
    state_bytes: int
    stood_still_ms: float
    replayed: int
    seconds: float
    idle_seconds: float


def measure_restore(keys: int, announce: Callable[[str], None]) -> Restore:
    """Write snapshots and a log, start a worker, and check what it does next.

    Raises
    ------
    BenchmarkError
        The worker read the log from its start, or gives other features than one that was never stopped.

    """
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        announce("a worker with nothing to restore")
        with working(server, Path(folder) / "idle.log") as worker:
            idle_seconds = time.monotonic() - worker.began
        announce(f"making the state of {keys:,} customers")
        customers = names_by_partition(keys)
        states = [made_state(names, number) for number, names in enumerate(customers)]
        announce("writing its snapshots")
        state_bytes, stood_still_ms = asyncio.run(write_snapshots(server, states))
        announce("filling Kafka")
        log = list(payments(customers, LOG_SECONDS * LOG_RATE))
        pour(server, TRANSACTIONS, ((place, None, value) for place, value in log))
        commit_all(server)
        announce("starting the worker")
        with working(server, Path(folder) / "worker.log") as worker:
            seconds = time.monotonic() - worker.began
            if worker.said.count("state restored from a snapshot") < TRANSACTIONS.partitions:
                raise BenchmarkError(
                    f"not every partition was restored from a snapshot: {worker.said[-1500:]}"
                )
            announce("checking what it does next")
            check_next(server, states, customers, log)
    return Restore(keys, state_bytes, stood_still_ms, len(log), seconds, idle_seconds)


def report_restore(result: Restore) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    lines = [
        f"{result.keys:,} customers with {PAYMENTS_EACH} payments each, {result.replayed:,} replayed; "
        f"the next features checked; seed {SEED}",
        f"{'from start to ready':44}{result.seconds:10.1f} s",
        f"{'of it, with nothing to restore':44}{result.idle_seconds:10.1f} s",
        f"{'state in the snapshots':44}{result.state_bytes / 1e6:10.1f} MB",
        f"{'per customer':44}{result.state_bytes / result.keys:10.0f} bytes",
        f"{'the stream stands still for a snapshot, most':44}{result.stood_still_ms:10.1f} ms",
    ]
    return "\n".join(lines), {
        "seconds": round(result.seconds, 2),
        "replayed": result.replayed,
        "idle_seconds": round(result.idle_seconds, 2),
        "state_bytes_per_key": round(result.state_bytes / result.keys, 1),
        "stood_still_ms": round(result.stood_still_ms, 1),
    }


def names_by_partition(keys: int) -> list[list[str]]:
    """Deal customers to the partitions of their keys."""
    names: list[list[str]] = [[] for _ in range(TRANSACTIONS.partitions)]
    for number in range(keys):
        name = f"customer-{number}"
        names[partition_of(TRANSACTIONS, name)].append(name)
    return names


def made_state(names: Sequence[str], seed: int) -> FraudState:
    """Let each customer pay ten times in the last 30 days, in order of time."""
    state = FraudState.of(LabelBook())
    random = np.random.default_rng(seed)
    span = timedelta(days=30).total_seconds()
    seconds = np.sort(NOW.timestamp() - span + span * random.random(len(names) * PAYMENTS_EACH))
    who = random.integers(0, len(names), len(seconds))
    amounts = random.integers(100, 20_000, len(seconds))
    for start in range(0, len(seconds), BATCH):
        part = slice(start, start + BATCH)
        payers: list[str | None] = [names[place] for place in who[part].tolist()]
        nothing = np.zeros(len(payers), np.int64)
        state.detector.observe_batch(
            Payments(
                seconds[part],
                amounts[part],
                payers,
                ["terminal-0"] * len(payers),
                np.arange(start, start + len(payers)),
                nothing,
                [None] * len(payers),
                nothing,
                own_features(seconds[part], nothing, nothing, nothing),
            )
        )
    return state


async def write_snapshots(server: str, states: Sequence[FraudState]) -> tuple[int, float]:
    """Write each partition's state as of offset 0; give their bytes and the longest copy in ms."""
    store, state_format = SnapshotStore(server), format_of_fields(version=3)
    generation = f"{topic_ids(server)[TRANSACTIONS.name]}:0"
    total, longest = 0, 0.0
    await store.start()
    for number, state in enumerate(states):
        began = time.perf_counter()
        parts = state_format.take(state)
        longest = max(longest, time.perf_counter() - began)
        name = f"{TRANSACTIONS.name}/{number}"
        manifest = await store.write(
            Unit("fraud", name),
            ArraysCopied(parts),
            state_version=state_format.version,
            generations={TRANSACTIONS.name: generation},
            offsets={name: 0},
        )
        total += manifest.state_bytes
    await store.stop()
    return total, longest * 1_000


def payments(customers: Sequence[Sequence[str]], count: int) -> Iterator[tuple[int, bytes]]:
    """Make the payments of the log as bytes, each with its partition: one is made, then told of others."""
    random = Random(SEED)  # noqa: S311  # a workload that can be made again, no secret
    paid = made_payment(random, 0, NOW, 0, 5_000)
    value = paid.model_dump_json(exclude_none=True).encode()
    if len(value) < MIN_RECORD_BYTES:
        raise BenchmarkError(f"a payment has {len(value)} bytes, {MIN_RECORD_BYTES} are promised")
    step = timedelta(seconds=LOG_SECONDS) / count
    for seq in range(count):
        partition = random.randrange(len(customers))
        changes = {
            b'"seq":0': b'"seq":%d' % seq,
            f'"customer_id":"{paid.customer_id}"'.encode(): (
                f'"customer_id":"{random.choice(customers[partition])}"'.encode()
            ),
            f'"terminal_id":"{paid.terminal_id}"'.encode(): (
                f'"terminal_id":"terminal-{random.randrange(TERMINALS)}"'.encode()
            ),
            b'"occurred_at":"2026-04-01T00:00:00Z"': (
                f'"occurred_at":"{(NOW + step * seq).isoformat()}"'.encode()
            ),
        }
        changed = value
        for old, new in changes.items():
            changed = changed.replace(old, new, 1)
        yield partition, changed


def commit_all(server: str) -> None:
    """Say that all of the log was scored before."""
    partitions = [TopicPartition(TRANSACTIONS.name, number) for number in range(TRANSACTIONS.partitions)]
    with closing(
        KafkaConsumer(bootstrap_servers=server, group_id=GROUP, enable_auto_commit=False)
    ) as consumer:
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        consumer.commit({partition: OffsetAndMetadata(end, "", -1) for partition, end in ends.items()})


def check_next(
    server: str,
    states: Sequence[FraudState],
    customers: Sequence[Sequence[str]],
    log: Sequence[tuple[int, bytes]],
) -> None:
    """Send a payment of some customers and compare the features with those of the states that went on.

    Raises
    ------
    BenchmarkError
        A score is missing or has other features.

    """
    probes = list(payments(customers, PROBES))
    probes = [
        (
            partition,
            value.replace(b'"run":"run-1"', b'"run":"run-2"').replace(b"2026-04-01T00:0", b"2026-04-01T01:0"),
        )
        for partition, value in probes
    ]
    expected = {}
    for number, state in enumerate(states):
        own = [value for partition, value in log if partition == number]
        for start in range(0, len(own), BATCH):
            observed(state, own[start : start + BATCH])
        asked = [value for partition, value in probes if partition == number]
        for offset, row in enumerate(observed(state, asked), len(own)):
            expected[number, offset] = row
    ends = EndOffsets(server, SCORES.name)
    pour(server, TRANSACTIONS, ((place, None, value) for place, value in probes))
    deadline = time.monotonic() + 60
    while ends.count() < PROBES:
        if time.monotonic() > deadline:
            raise BenchmarkError(f"{ends.count()} of {PROBES} payments were scored after the restore")
        time.sleep(0.1)
    ends.close()
    for _, value in read_values(server, SCORES.name):
        score = Score.model_validate_json(value)
        place = (score.origin.partition, score.origin.offset)
        if list(score.features) != expected[place]:
            raise BenchmarkError(
                f"after the restore, {place} has {score.features}, expected {expected[place]}"
            )


def observed(state: FraudState, values: Sequence[bytes]) -> list[list[float]]:
    """Let a state go on with payments; give their features."""
    events = decode_structs(Transaction, values).events
    rows: list[list[float]] = state.detector.observe_batch(
        Payments.of([event for event in events if not isinstance(event, Refused)])
    ).tolist()
    return rows
