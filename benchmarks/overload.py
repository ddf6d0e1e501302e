"""How much memory a worker takes that comes back to millions of waiting payments.

Rules: a real Kafka, the whole worker with all its agents, real payments of at least 600 bytes that go on for
more than a year, so that windows fill and expire as they do in a shop. Growth is the most the process ever
held while it worked through all of them, less what an idle one holds.
"""

import tempfile
import time
from collections import Counter
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
        total = pour(server, TRANSACTIONS, ((place, None, value) for place, value in payments(events)))
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
    of_source: Counter[str] = Counter()  # each till numbers its own payments, without a gap
    day = []
    for number in range(PAYMENTS_PER_DAY):
        amount = int(random.lognormvariate(8, 0.8)) + 50
        made = made_payment(random, number, FIRST_DAY + step * number, random.randrange(TERMINALS), amount)
        paid = made.model_copy(update={"seq": of_source[made.source]})
        of_source[made.source] += 1
        value = paid.model_dump_json(exclude_none=True).encode()
        if len(value) < MIN_RECORD_BYTES:
            raise BenchmarkError(f"a payment has {len(value)} bytes, {MIN_RECORD_BYTES} are promised")
        day.append((partition_of(TRANSACTIONS, paid.key), value, paid))
    first = f"{FIRST_DAY:%Y-%m-%d}T".encode()
    for number in range(count):
        days, index = divmod(number, PAYMENTS_PER_DAY)
        partition, value, paid = day[index]
        at = f"{FIRST_DAY + timedelta(days=days):%Y-%m-%d}T".encode()
        seq = paid.seq + days * of_source[paid.source]
        numbered = value.replace(b'"seq":%d,' % paid.seq, b'"seq":%d,' % seq, 1)
        yield partition, numbered.replace(first, at, 1)
