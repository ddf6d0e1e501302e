"""What a second worker brings, and what it costs.

The question: the same payments through the full fraud path by one worker and by two that share the
partitions: CPU per payment of all workers together, and payments a second. The rules: the workers are at
work, each with its share of the partitions, before the first payment is written, so that no rebalance is
measured; measured from when all payments are in Kafka to the last score; every score is checked against the
same detectors run in one plain loop. On two cores a broker and two workers share them, so the speed-up is
bounded by the machine and not by the workers; the CPU per payment is not.
"""

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.kafka_log import EndOffsets, Partitions, encode, fill, fresh_topics, write
from benchmarks.process_cpu import Cost, measure_between, running
from benchmarks.readiness import wait_until_at_work
from benchmarks.throughput import check_scores
from benchmarks.workload import PAYMENTS_PER_DAY, Expected, expected_scores, make_workload
from producers.administration import create_topics, delete_groups
from schemas.topics import LABELS, MODELS, SCORES, TRANSACTIONS, WORKER_STATUS
from tillwatch.stack.broker import running_broker

__all__ = ["Scale", "measure_scale", "report_scale"]

SEED = 20_260_301
WORKERS = (1, 2)
WARM_UP = 0.1
"""Share of the outputs that come before the measurement begins, at least."""


@dataclass(frozen=True)
class Scale:
    """What was measured, by the number of workers."""

    events: int
    costs: dict[int, list[Cost]]

    def us_per_event(self, workers: int) -> float:
        """Give the median CPU per payment of all workers together, µs."""
        return median(cost.us_per_event for cost in self.costs[workers])

    def events_per_second(self, workers: int) -> float:
        """Give the median rate."""
        return median(cost.events_per_second for cost in self.costs[workers])


def measure_scale(
    events: int, runs: int, announce: Callable[[str], None], *, per_day: int = PAYMENTS_PER_DAY
) -> Scale:
    """Let one worker and two work through the same payments, by turns.

    Parameters
    ----------
    events
        Payments.
    runs
        Of each number of workers.
    announce
        Is told what is happening.
    per_day
        Payments a day; the model is trained on four weeks of them.

    Raises
    ------
    BenchmarkError
        A worker ended or stood still, or a score is missing, doubled or wrong.

    """
    announce(f"making {events:,} payments, their labels and a model")
    workload = make_workload(events, SEED, per_day=per_day)
    expected = expected_scores(workload)
    payments = encode(TRANSACTIONS, workload.payments)
    costs: dict[int, list[Cost]] = {workers: [] for workers in WORKERS}
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        fill(server, LABELS, workload.labels)
        fill(server, MODELS, [workload.model])
        for run in range(1, runs + 1):
            for workers in WORKERS:
                announce(f"{workers} at work, run {run} of {runs}")
                delete_groups(server)
                fresh_topics(server, [TRANSACTIONS, SCORES, WORKER_STATUS])
                costs[workers].append(work_through(server, Path(folder), workers, payments, expected))
    return Scale(events, costs)


def work_through(
    server: str, folder: Path, workers: int, payments: Partitions, expected: dict[str, Expected]
) -> Cost:
    """Start workers, write the payments, and measure until all scores are there and right."""
    events = sum(map(len, payments.values()))
    with ExitStack() as stack:
        logs = [folder / f"worker-{number}.log" for number in range(workers)]
        processes = [
            stack.enter_context(running("benchmarks.rivals.tillwatch_worker", [server], log)) for log in logs
        ]
        wait_until_at_work(
            server, {"fraud": workers}, lambda: all(process.poll() is None for process in processes)
        )
        with closing(EndOffsets(server, SCORES.name)) as ends:
            write(server, TRANSACTIONS, payments)
            first = max(ends.count(), int(events * WARM_UP))
            cost = measure_between(processes, ends.count, first, events, logs[0])
    check_scores(server, SCORES.name, expected, events)
    return cost


def report_scale(result: Scale) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    lines = [
        f"{result.events:,} payments, every score checked; seed {SEED}; "
        f"{os.cpu_count()} cores for the workers and the broker together",
        f"{'workers':10}{'CPU µs per payment':>20}{'lowest':>9}{'per s':>10}{'measured':>11}{'runs':>6}",
    ]
    for workers, costs in result.costs.items():
        lowest = min(cost.us_per_event for cost in costs)
        lines.append(
            f"{workers:<10}{result.us_per_event(workers):20.1f}{lowest:9.1f}"
            f"{result.events_per_second(workers):10,.0f}{costs[0].events:11,}{len(costs):6}"
        )
    ratio = result.us_per_event(2) / result.us_per_event(1)
    speedup = result.events_per_second(2) / result.events_per_second(1)
    lines.append(
        f"with a second worker: {ratio:.2f} of the CPU per payment, {speedup:.2f} times the payments"
    )
    return "\n".join(lines), {"cpu_per_event_ratio": round(ratio, 3), "speedup": round(speedup, 3)}
