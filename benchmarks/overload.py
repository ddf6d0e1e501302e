"""How much memory a worker takes that comes back to millions of waiting payments.

Rules: a real Kafka, the whole worker with all its agents, real payments of at least 600 bytes that go on for
more than a year, so that windows fill and expire as they do in a shop. Growth is the most the process ever
held while it worked through all of them, less what an idle one holds.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import EndOffsets, pour
from benchmarks.whole_worker import working
from benchmarks.workload import MIN_RECORD_BYTES, PAYMENTS_PER_DAY, TERMINALS, made_payment, partition_of
from producers.administration import create_topics
from schemas.topics import SCORES, TRANSACTIONS
from tillwatch.stack.broker import running_broker

__all__ = ["Overload", "measure_overload", "report_overload"]

SEED = 20_250_101
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Overload:
    """What was measured; bytes are resident memory of the worker."""

    events: int
    mean_bytes: float
    idle_bytes: int
    peak_bytes: int
    seconds: float


def measure_overload(events: int, announce: Callable[[str], None]) -> Overload:
    """Let a worker work through a backlog.

    Raises
    ------
    BenchmarkError
        The worker ended, stood still, or did not score every payment.

    """
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        announce("an idle worker")
        with working(server, Path(folder) / "idle.log") as worker:
            idle = worker.peak_bytes()
        announce(f"filling Kafka with {events:,} payments")
        total = pour(server, TRANSACTIONS, payments(events))
        ends = EndOffsets(server, SCORES.name)
        announce("working through them")
        with working(server, Path(folder) / "busy.log") as worker:
            began = time.monotonic()
            worker.wait_until(lambda: (ends.count(), worker.lag()), (events, 0), announce)
            seconds = time.monotonic() - began
            peak = worker.peak_bytes()
        ends.close()
    return Overload(events, total / events, idle, peak, seconds)


def report_overload(result: Overload) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    idle, peak = result.idle_bytes / 1e6, result.peak_bytes / 1e6
    lines = [
        f"{result.events:,} waiting payments of {result.mean_bytes:,.0f} bytes (mean), one worker with all "
        f"its agents; seed {SEED}",
        f"{'resident memory of an idle worker':40}{idle:10.1f} MB",
        f"{'the most while it worked through them':40}{peak:10.1f} MB",
        f"{'growth':40}{peak - idle:10.1f} MB",
        f"{'until all was scored and counted':40}{result.seconds:10.1f} s",
    ]
    return "\n".join(lines), {
        "events": result.events,
        "rss_idle_mb": round(idle, 1),
        "rss_peak_mb": round(peak, 1),
        "rss_growth_mb": round(peak - idle, 1),
        "seconds": round(result.seconds, 1),
    }


def payments(count: int) -> Iterator[tuple[int, bytes]]:
    """Make payments as bytes, each with its partition: one day made by the workload, then told again daily.

    Raises
    ------
    BenchmarkError
        A payment is smaller than promised.

    """
    random = Random(SEED)  # noqa: S311  # a workload that can be made again, no secret
    step = timedelta(days=1) / PAYMENTS_PER_DAY
    day = []
    for seq in range(PAYMENTS_PER_DAY):
        amount = int(random.lognormvariate(8, 0.8)) + 50
        paid = made_payment(random, seq, FIRST_DAY + step * seq, random.randrange(TERMINALS), amount)
        value = paid.model_dump_json(exclude_none=True).encode()
        if len(value) < MIN_RECORD_BYTES:
            raise BenchmarkError(f"a payment has {len(value)} bytes, {MIN_RECORD_BYTES} are promised")
        day.append((partition_of(TRANSACTIONS, paid.key), value, b'"seq":%d,' % seq, seq))
    first = f"{FIRST_DAY:%Y-%m-%d}T".encode()
    for number in range(count):
        days, index = divmod(number, PAYMENTS_PER_DAY)
        partition, value, named, seq = day[index]
        at = f"{FIRST_DAY + timedelta(days=days):%Y-%m-%d}T".encode()
        renumbered = b'"seq":%d,' % (seq + days * PAYMENTS_PER_DAY)
        yield partition, value.replace(named, renumbered, 1).replace(first, at, 1)
